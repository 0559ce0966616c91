// What honest clients do, and how long each thing took them.
import { setTimeout as sleep } from 'node:timers/promises';

/** Times of one kind of request. */
export class Tally {
  times = [];
  refused = 0;
  failed = 0;

  constructor(name) {
    this.name = name;
  }

  note({ code, ms }, expected = [200, 201]) {
    this.times.push(ms);
    if (!expected.includes(code)) this.failed++;
  }

  quantile(q) {
    const sorted = [...this.times].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
  }

  toString() {
    const [p50, p99] = [0.5, 0.99].map((q) => `${this.quantile(q).toFixed(0)} ms`);
    return `${this.name}: ${this.times.length} answered, p50 ${p50}, p99 ${p99}, ${this.refused} told to wait, ${this.failed} failed`;
  }
}

const configMap = (name, data) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

/** A person: creates, reads back and lists, as fast as it is answered, until it is time. Every acknowledged name goes into `acknowledged`. */
export async function person(client, namespace, worker, until, tally, acknowledged) {
  const base = `/api/v1/namespaces/${namespace}/configmaps`;
  const refused = () => tally.refused++;
  for (let i = 0; performance.now() < until; i++) {
    const name = `w${worker}-${i}`;
    const created = await client.callPatiently('POST', base, configMap(name, { text: 'x'.repeat(1_000) }), refused);
    tally.note(created);
    if (created.code === 201) acknowledged.push(name);
    tally.note(await client.callPatiently('GET', `${base}/${name}`, undefined, refused));
    tally.note(await client.callPatiently('GET', `${base}?limit=50`, undefined, refused));
  }
}

/** Calls at a steady pace, each time on its own: one late answer delays none of the others. */
export async function pace(everyMs, until, tally, call, expected) {
  const open = [];
  while (performance.now() < until) {
    open.push(
      call().then((answer) => {
        if (answer.code === 429) tally.refused++;
        tally.note(answer, expected);
      }),
    );
    await sleep(everyMs);
  }
  await Promise.all(open);
}

/** Big objects that change all the time: what fills the buffers of watches that nobody reads. Answers the revisions, in order, by name. */
export async function noise(client, until, atLeast, written) {
  const base = '/api/v1/namespaces/noise/configmaps';
  const text = 'n'.repeat(200_000);
  for (let i = 0; performance.now() < until || written.length < atLeast; i++) {
    const name = `noise-${i % 20}`;
    const exists = i >= 20;
    const body = configMap(name, { text, i: String(i) });
    const answer = exists
      ? await client.callPatiently('PUT', `${base}/${name}`, body)
      : await client.callPatiently('POST', base, body);
    if (answer.code < 300 && answer.code > 0)
      written.push(`${name} ${JSON.parse(answer.text).metadata.resourceVersion}`);
    await sleep(80);
  }
}

/** How late this process's own timers are: what is measured beside it suffers as much. */
export async function lateness(until, tally) {
  const everyMs = 20;
  while (performance.now() < until) {
    const started = performance.now();
    await sleep(everyMs);
    tally.note({ code: 200, ms: performance.now() - started - everyMs });
  }
}
