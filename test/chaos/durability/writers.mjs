// Many clients, each with a few objects of its own and some that all of them write, each write with a name of its own, and what each of them
// was told.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../overload/api-client.mjs';
import { contentHash, writeLabel } from './content.mjs';

export const namespace = 'durability';
export const kinds = {
  configmaps: { kind: 'ConfigMap' },
  pods: { kind: 'Pod' },
};
export const folderOf = (resource) => `/api/v1/namespaces/${namespace}/${resource}`;

/** One write in so many goes to an object that all write: of a batch with a conflict in it nothing is stored, and each message goes alone. */
const oneContestedIn = 50;
const contestedNames = 32;
const ownNames = 6;

const filler = 'x'.repeat(600);
const spec = { containers: [{ name: 'idle', image: 'example.invalid/idle:1' }] };

function newObject(resource, name, write) {
  const metadata = { name, annotations: { [writeLabel]: write } };
  const own = resource === 'pods' ? { spec } : { data: { filler } };
  return { apiVersion: 'v1', kind: kinds[resource].kind, metadata, ...own };
}

export class Writers {
  /** Every write: { id, verb, resource, name, outcome: 'acknowledged' | 'refused' | 'ambiguous', code, toldAt, uid?, revision?, hash? } */
  writes = [];
  #paused = false;
  #stopped = false;
  #busy = 0;
  #serial = 0;
  /** What was last heard of an object: whether it is there. */
  #isThere = new Map();

  constructor(access, random, inFlight) {
    this.random = random;
    this.inFlight = inFlight;
    this.client = new ApiClient(access, inFlight);
    this.patcher = new ApiClient(access, inFlight);
    this.patcher.options.headers['content-type'] = 'application/merge-patch+json';
  }

  /** How many writes are on their way. */
  get busy() {
    return this.#busy;
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
    this.running = Promise.all(Array.from({ length: this.inFlight }, (_, writer) => this.#loop(writer)));
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

  async #loop(writer) {
    while (!this.#stopped) {
      if (this.#paused) await sleep(10);
      else {
        this.#busy++;
        const { outcome } = await this.#write(writer);
        this.#busy--;
        if (outcome === 'ambiguous') await sleep(20);
      }
    }
  }

  async #write(writer) {
    const { random } = this;
    const resource = random.below(4) === 0 ? 'pods' : 'configmaps';
    const isContested = random.below(oneContestedIn) === 0;
    const name = isContested ? `all-${random.below(contestedNames)}` : `${writer}-${random.below(ownNames)}`;
    const verb = this.#verb(`${resource}/${name}`);
    const write = { id: `w${++this.#serial}`, verb, resource, name };
    this.writes.push(write);
    const answer = await this.#send(write);
    Object.assign(write, judged(write, answer), { toldAt: Date.now() });
    this.#remember(`${resource}/${name}`, write);
    return write;
  }

  /** Mostly what will be accepted, as far as one can know. */
  #verb(path) {
    const chance = this.random.next();
    const isThere = this.#isThere.get(path) ?? this.random.below(2) === 0;
    if (chance < 0.05) return isThere ? 'create' : 'patch';
    if (!isThere) return 'create';
    return chance < 0.1 ? 'delete' : 'patch';
  }

  #remember(path, { verb, outcome, code }) {
    if (outcome === 'ambiguous') this.#isThere.delete(path);
    else if (outcome === 'acknowledged') this.#isThere.set(path, verb !== 'delete');
    else if (code === 404 || code === 409) this.#isThere.set(path, code === 409);
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
