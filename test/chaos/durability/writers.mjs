// Many clients that write the same few objects, each write with a name of its own, and what each of them was told.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../overload/api-client.mjs';
import { contentHash, writeLabel } from './content.mjs';

export const namespace = 'durability';
export const kinds = {
  configmaps: { kind: 'ConfigMap', names: 96 },
  pods: { kind: 'Pod', names: 32 },
};
export const folderOf = (resource) => `/api/v1/namespaces/${namespace}/${resource}`;

const filler = 'x'.repeat(600);
const spec = { containers: [{ name: 'idle', image: 'example.invalid/idle:1' }] };

function newObject(resource, name, write) {
  const metadata = { name, annotations: { [writeLabel]: write } };
  const own = resource === 'pods' ? { spec } : { data: { filler } };
  return { apiVersion: 'v1', kind: kinds[resource].kind, metadata, ...own };
}

export class Writers {
  /** Every write: { id, verb, resource, name, outcome: 'acknowledged' | 'refused' | 'ambiguous', code, uid?, revision?, hash? } */
  writes = [];
  #paused = false;
  #stopped = false;
  #busy = 0;
  #serial = 0;

  constructor(access, random, inFlight) {
    this.random = random;
    this.inFlight = inFlight;
    this.client = new ApiClient(access, inFlight);
    this.patcher = new ApiClient(access, inFlight);
    this.patcher.options.headers['content-type'] = 'application/merge-patch+json';
  }

  /** The namespace, and the service account that pods need. */
  async prepare() {
    for (const [path, name] of [
      ['/api/v1/namespaces', namespace],
      [`/api/v1/namespaces/${namespace}/serviceaccounts`, 'default'],
    ]) {
      const { code, text } = await this.client.call('POST', path, { metadata: { name } });
      if (code !== 201) throw new Error(`${path}: ${code} ${text}`);
    }
  }

  start() {
    this.running = Promise.all(Array.from({ length: this.inFlight }, () => this.#loop()));
  }

  /** Resolves when nothing is on its way any more. */
  async pause() {
    this.#paused = true;
    while (this.#busy > 0) await sleep(10);
  }

  resume() {
    this.#paused = false;
  }

  async stop() {
    this.#stopped = true;
    await this.running;
    this.client.close();
    this.patcher.close();
  }

  async #loop() {
    while (!this.#stopped) {
      if (this.#paused) await sleep(10);
      else {
        this.#busy++;
        const { outcome } = await this.#write();
        this.#busy--;
        if (outcome === 'ambiguous') await sleep(20);
      }
    }
  }

  async #write() {
    const { random } = this;
    const resource = random.below(4) === 0 ? 'pods' : 'configmaps';
    const name = `o-${random.below(kinds[resource].names)}`;
    const chance = random.next();
    const verb = chance < 0.25 ? 'create' : chance < 0.88 ? 'patch' : 'delete';
    const write = { id: `w${++this.#serial}`, verb, resource, name };
    this.writes.push(write);
    const answer = await this.#send(write);
    return Object.assign(write, judged(write, answer));
  }

  #send({ id, verb, resource, name }) {
    const folder = folderOf(resource);
    const path = `${folder}/${name}`;
    if (verb === 'create') return this.client.call('POST', folder, newObject(resource, name, id));
    if (verb === 'delete') return this.client.call('DELETE', `${path}?gracePeriodSeconds=0`);
    return this.patcher.call('PATCH', path, { metadata: { annotations: { [writeLabel]: id } } });
  }
}

function judged({ verb }, { code, text }) {
  if (code >= 400 && code < 500) return { code, outcome: 'refused' };
  if (code !== 200 && code !== 201) return { code, outcome: 'ambiguous' };
  const object = JSON.parse(text);
  const acknowledged = { code, outcome: 'acknowledged' };
  if (verb === 'delete') return { ...acknowledged, uid: object.details?.uid ?? object.metadata.uid };
  const { uid, resourceVersion } = object.metadata;
  return { ...acknowledged, uid, revision: Number(resourceVersion), hash: contentHash(object) };
}
