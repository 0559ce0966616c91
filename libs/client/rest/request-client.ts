import type { KubeObject } from '@shiplog/domain';
import type {
  ApiClient,
  DeleteOptions,
  KubeList,
  ListOptions,
  ObjectRef,
  PatchType,
  ResourceRef,
  WriteOptions,
} from '../api-client.js';
import {
  bodyOf,
  patchContentTypes,
  pathOf,
  withQuery,
  type ApiRequest,
  type ApiTransport,
  type Query,
} from './api-request.js';
import { comingAgain } from './come-again.js';

const json = 'application/json';

const writeQuery = ({ fieldManager, dryRun }: WriteOptions): Query => ({
  fieldManager,
  dryRun: dryRun ? 'All' : undefined,
});

const writer = ({ cause, actAs }: WriteOptions): Pick<ApiRequest, 'cause' | 'actAs'> => ({
  ...(cause ? { cause } : {}),
  ...(actAs ? { actAs } : {}),
});

function deleteBody(options: DeleteOptions): Record<string, unknown> {
  const preconditions = { uid: options.uid, resourceVersion: options.resourceVersion };
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: options.gracePeriodSeconds,
    propagationPolicy: options.propagationPolicy,
    ...((options.uid ?? options.resourceVersion) ? { preconditions } : {}),
    ...(options.dryRun ? { dryRun: ['All'] } : {}),
  };
}

/** The API's verbs as requests over any transport: RestClient and CommandClient differ only in what carries them. */
export class RequestClient implements ApiClient {
  private readonly transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.transport = comingAgain(transport);
  }

  async get<T extends KubeObject>(ref: ObjectRef, signal?: AbortSignal): Promise<T> {
    return bodyOf(await this.transport.send({ method: 'GET', path: pathOf(ref) }, signal));
  }

  async list<T extends KubeObject>(
    ref: ResourceRef,
    options: ListOptions = {},
    signal?: AbortSignal,
  ): Promise<KubeList<T>> {
    return bodyOf(await this.transport.send({ method: 'GET', path: withQuery(pathOf(ref), { ...options }) }, signal));
  }

  create<T extends KubeObject>(
    ref: ResourceRef & { name?: string; subresource?: string },
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.write('POST', withQuery(pathOf(ref), writeQuery(options)), json, object, options);
  }

  update<T extends KubeObject>(ref: ObjectRef, object: T, options: WriteOptions = {}): Promise<T> {
    return this.write('PUT', withQuery(pathOf(ref), writeQuery(options)), json, object, options);
  }

  patch<T extends KubeObject>(
    ref: ObjectRef,
    type: PatchType,
    patch: unknown,
    options: WriteOptions & { force?: boolean } = {},
  ): Promise<T> {
    const path = withQuery(pathOf(ref), { ...writeQuery(options), force: options.force });
    return this.write('PATCH', path, patchContentTypes[type], patch, options);
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    await this.write('DELETE', pathOf(ref), json, deleteBody(options), options);
  }

  private async write<T>(
    method: ApiRequest['method'],
    path: string,
    contentType: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<T> {
    return bodyOf(await this.transport.send({ method, path, contentType, body, ...writer(options) }, options.signal));
  }
}
