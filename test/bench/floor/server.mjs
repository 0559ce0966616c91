// A server that does nothing: TLS, HTTP/1.1, and answers of the real size that were made before. It decides nothing, keeps nothing, and syncs
// nothing: what it reaches beside the same load generator on the same machine, no API server over Node.js' HTTPS can pass.
// node test/bench/floor/server.mjs PKI_FOLDER PODS; says its port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { setImmediate } from 'node:timers';

const [pki, pods] = process.argv.slice(2);
const file = (name) => readFileSync(join(pki, name));

/** A pod as the API answers it, of 3.2 KB. */
const pod = (sequence) =>
  Buffer.from(
    JSON.stringify({ kind: 'Pod', metadata: { annotations: { 'bench/seq': sequence, 'bench/note': 'n'.repeat(3100) } } }),
  );
const one = pod('none');
const many = (count) => Buffer.concat(Array(count).fill(one));
const [all, page, tenth] = [Number(pods), 100, Math.ceil(Number(pods) / 10)].map(many);
const watchers = new Set();

function answerOf(url) {
  if (/\/pods\/./.test(url)) return one;
  if (url.includes('limit=')) return page;
  return url.includes('labelSelector=') ? tenth : all;
}

function watch(response) {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  watchers.add(response);
  response.once('close', () => watchers.delete(response));
}

/** Laid out once for all, and written past Node.js' own chunking: as cheap as it can be. */
function tell(sequence) {
  const event = Buffer.concat([Buffer.from('{"type":"MODIFIED","object":'), pod(sequence), Buffer.from('}\n')]);
  const chunk = Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from('\r\n')]);
  for (const { socket } of watchers) socket.write(chunk);
}

const server = createServer(
  {
    ...{ key: file('apiserver.key'), cert: file('apiserver.crt'), ca: file('ca.crt') },
    ...{ requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
  },
  (request, response) => {
    const { method, url } = request;
    if (method === 'GET' && url.includes('watch=1')) return watch(response);
    let text = '';
    request.setEncoding('latin1').on('data', (part) => (text += part));
    request.on('end', () => {
      const body = method === 'GET' ? answerOf(url) : one;
      response.writeHead(method === 'POST' ? 201 : 200, {
        'content-type': 'application/json',
        'content-length': body.length,
      });
      response.end(body);
      const sequence = /"bench\/seq":"(\d+)"/.exec(text)?.[1];
      if (sequence) setImmediate(tell, sequence);
    });
  },
);
server.on('connection', (socket) => socket.setNoDelay(true));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
