import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '@shiplog/domain';
import type { ResourceRef } from '../api-client.js';
import { bodyOf, pathOf, withQuery, type ApiAnswer, type ApiRequest } from './api-request.js';
import type { ClusterAccess } from './cluster-access.js';
import { HttpsTransport, textOf } from './https-transport.js';
import { RequestClient } from './request-client.js';
import { watchEvents, type WatchEvent, type WatchOptions } from './watch-event.js';

/** The API over HTTPS, for whoever lives outside the log: node-agents, the command line, tests. */
export class RestClient extends RequestClient {
  private readonly https: HttpsTransport;

  constructor(access: ClusterAccess, options: { userAgent?: string } = {}) {
    const https = new HttpsTransport(access, options.userAgent ?? 'shiplog');
    super(https);
    this.https = https;
  }

  /** Any request of the API, also of paths that are no resources. Answers errors as answers. */
  send(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer> {
    return this.https.send(request, signal);
  }

  /** Any request, its answer as a stream (logs). Check the status code. */
  open(request: ApiRequest, signal?: AbortSignal): Promise<IncomingMessage> {
    return this.https.open(request, signal);
  }

  /**
   * One watch from `resourceVersion` on, bookmarks included, until the server ends it or the signal aborts.
   * Does not reconnect: that is the informers' HttpWatchSource. @throws StatusError, 410 when the revision is gone.
   */
  async *watch<T extends KubeObject>(
    ref: ResourceRef,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>> {
    const path = withQuery(pathOf(ref), { watch: 1, allowWatchBookmarks: true, ...options });
    const answer = await this.open({ method: 'GET', path }, signal);
    try {
      if (answer.statusCode !== 200) bodyOf(await errorAnswer(answer));
      yield* watchEvents<T>(answer);
    } finally {
      answer.destroy();
    }
  }

  close(): void {
    this.https.close();
  }
}

async function errorAnswer(answer: IncomingMessage): Promise<ApiAnswer> {
  const text = await textOf(answer);
  const isJson = answer.headers['content-type']?.startsWith('application/json');
  return { code: answer.statusCode ?? 500, body: isJson ? JSON.parse(text) : text };
}
