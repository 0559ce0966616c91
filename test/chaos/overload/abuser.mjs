// A process of its own that does what nobody should: many connections, no pause, no heed of Retry-After. Prints what it got.
//   node abuser.mjs '{"port":…,"ca":…,"token":…,"connections":…,"seconds":…}'
import { ApiClient } from './api-client.mjs';

const { port, ca, token, connections, seconds } = JSON.parse(process.argv[2]);
const client = new ApiClient({ port, ca, token }, connections);
const until = performance.now() + seconds * 1_000;
const outcome = { served: 0, refused: 0, failed: 0, badRefusals: 0, acknowledged: [] };
const base = '/api/v1/namespaces/mallory/configmaps';
let serial = 0;

const isProper = ({ headers, text }) =>
  headers['retry-after'] === '1' &&
  headers['x-kubernetes-pf-flowschema-uid'] !== undefined &&
  headers['x-kubernetes-pf-prioritylevel-uid'] !== undefined &&
  JSON.parse(text).reason === 'TooManyRequests';

async function hammer(worker) {
  while (performance.now() < until) {
    const creates = worker % 2 === 0;
    const name = `abuse-${serial++}`;
    const answer = creates
      ? await client.call('POST', base, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } })
      : await client.call('GET', `${base}?limit=500`);
    if (answer.code === 429) {
      outcome.refused++;
      if (!isProper(answer)) outcome.badRefusals++;
    } else if (answer.code === 0 || answer.code >= 500) outcome.failed++;
    else outcome.served++;
    if (answer.code === 201) outcome.acknowledged.push(name);
  }
}

await Promise.all(Array.from({ length: connections }, (_, worker) => hammer(worker)));
client.close();
process.stdout.write(JSON.stringify(outcome));
