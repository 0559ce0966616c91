// A watch that goes on behind the last resourceVersion it has read, whatever ends it, and remembers all that it was told.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../overload/api-client.mjs';
import { contentHash } from './content.mjs';

export class Watcher {
  /** { type, name, uid, revision, hash } in the order they came. */
  events = [];
  /** What must not happen: answers 410, error events, objects cut in two that were not resumed. */
  problems = [];
  connections = 0;
  #stopped = false;
  #response;

  constructor(access, path, revision) {
    this.client = new ApiClient(access);
    Object.assign(this.client.options, { cert: access.cert, key: access.key });
    this.path = path;
    this.from = Number(revision);
    this.revision = Number(revision);
  }

  start() {
    this.running = this.#follow();
    return this;
  }

  async stop() {
    this.#stopped = true;
    this.#response?.destroy();
    await this.running;
    this.client.close();
  }

  async #follow() {
    while (!this.#stopped) {
      const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${this.revision}`;
      const response = await this.client.open(`${this.path}?${query}`).catch(() => undefined);
      if (response?.statusCode === 200) {
        this.connections++;
        this.#response = response;
        await this.#read(response);
      } else {
        if (response?.statusCode === 410) this.problems.push(`410 at ${this.revision}`);
        response?.resume();
        await sleep(100);
      }
    }
  }

  #read(response) {
    let rest = '';
    return new Promise((done) => {
      response.setEncoding('utf8');
      response.on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        for (const line of lines) this.#take(JSON.parse(line));
      });
      response.on('error', () => undefined);
      response.on('close', done);
    });
  }

  #take({ type, object }) {
    if (type === 'ERROR') {
      this.problems.push(`${object.code} ${object.reason}: ${object.message}`);
      return;
    }
    this.revision = Number(object.metadata.resourceVersion);
    if (type === 'BOOKMARK') return;
    const { name, uid } = object.metadata;
    this.events.push({ type, name, uid, revision: this.revision, hash: contentHash(object) });
  }
}
