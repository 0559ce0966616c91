import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment, KubeObject, Node, Service } from '@shiplog/domain';
import type { RestClient } from '@shiplog/client';
import { parseAllDocuments } from 'yaml';

interface ApiResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Applies the objects of a YAML file as the field manager `shiplog`. */
export async function applyFile(client: RestClient, file: string, signal: AbortSignal): Promise<void> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  for (const document of documents) {
    const object = document.toJS() as KubeObject;
    const ref = { ...(await resourceOf(client, object, signal)), name: object.metadata.name ?? '' };
    await client.patch(ref, 'apply', object, { fieldManager: 'shiplog', force: true, signal });
  }
}

/** Where objects of this kind are, by discovery. */
async function resourceOf(client: RestClient, { apiVersion, kind, metadata }: KubeObject, signal: AbortSignal) {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const { body } = await client.send({ method: 'GET', path }, signal);
  const found = (body as ApiResourceList).resources?.find((each) => each.kind === kind && !each.name.includes('/'));
  if (!found) throw new Error(`the API has no ${kind} in ${apiVersion}`);
  return {
    group,
    version,
    plural: found.name,
    ...(found.namespaced ? { namespace: metadata.namespace ?? 'default' } : {}),
  };
}

/** Resolves when the API serves. */
export const apiReady = (client: RestClient, signal: AbortSignal): Promise<void> =>
  until(signal, async () => {
    const { code } = await client.send({ method: 'GET', path: '/readyz' }, signal);
    return code === 200 || `the API is not ready (${code})`;
  });

const isReady = ({ status }: Node): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;

/** Resolves when as many nodes are Ready. */
export const nodesReady = (client: RestClient, count: number, signal: AbortSignal): Promise<void> =>
  until(signal, async () => {
    const { items } = await client.list<Node>({ group: '', version: 'v1', plural: 'nodes' }, {}, signal);
    const ready = items.filter(isReady).length;
    return ready >= count || `${ready} of ${count} nodes are Ready`;
  });

const named = { namespace: 'default', name: 'hello' };

/** The example's Deployment, if the user has not deleted it. */
export async function exampleDeployment(client: RestClient, signal: AbortSignal): Promise<Deployment | undefined> {
  const { items } = await client.list<Deployment>(
    { group: 'apps', version: 'v1', plural: 'deployments', namespace: named.namespace },
    {},
    signal,
  );
  return items.find(({ metadata }) => metadata?.name === named.name);
}

export const exampleAvailable = (client: RestClient, signal: AbortSignal): Promise<void> =>
  until(signal, async () => {
    const { spec, status } = (await exampleDeployment(client, signal)) ?? {};
    const [wanted, available] = [spec?.replicas ?? 1, status?.availableReplicas ?? 0];
    return available >= wanted || `${available} of ${wanted} pods of the example are available`;
  });

/** Resolves with the example's address once it answers there. */
export async function exampleAnswers(client: RestClient, nodeAddress: string, signal: AbortSignal): Promise<string> {
  const service = await client.get<Service>({ group: '', version: 'v1', plural: 'services', ...named }, signal);
  const url = `http://${nodeAddress}:${service.spec?.ports?.[0]?.nodePort ?? 0}`;
  await until(signal, async () => {
    try {
      const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(1_000)]) });
      return answer.ok || `${url} answers ${answer.status}`;
    } catch (error) {
      return `${url} does not answer: ${error instanceof Error ? error.message : String(error)}`;
    }
  });
  return url;
}

/** Asks until it is so. When the signal aborts first, rejects with what it was waiting for. */
async function until(signal: AbortSignal, ask: () => Promise<true | string>): Promise<void> {
  let reason = '';
  for (;;) {
    if (signal.aborted) throw new Error(`given up: ${reason || 'the API did not answer in time'}`);
    const answer = await ask().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (answer === true) return;
    reason = signal.aborted && reason !== '' ? reason : answer;
    await sleep(100);
  }
}
