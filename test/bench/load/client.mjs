// A small HTTPS client for load: connections kept open, answers read and dropped.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';

/** Sends requests as the cluster's administrator. `send` resolves with the number of bytes of the answer. @throws for a status above 299. */
export async function loadClient({ server, pki }, connections) {
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'admin.crt', 'admin.key'].map((name) => readFile(join(pki, name))),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca, cert, key });
  const open = (method, path, headers, use, body) =>
    new Promise((resolve, reject) => {
      request(`${server}${path}`, { agent, method, headers }, (answer) => use(answer, resolve, reject))
        .once('error', reject)
        .end(body);
    });
  const send = (method, path, body, contentType = 'application/json') =>
    open(
      ...[method, path, { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) }],
      (answer, resolve, reject) => {
        let [bytes, text] = [0, ''];
        const failed = answer.statusCode > 299;
        answer.on('data', (chunk) => ((bytes += chunk.length), failed && (text += chunk)));
        answer.once('error', reject).once('end', () => {
          if (failed) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 200)}`));
          else resolve(bytes);
        });
      },
      body,
    );
  /** Resolves with the answer's stream when its head has come. */
  const watch = (path) => open('GET', path, { accept: 'application/json' }, (answer, resolve) => resolve(answer));
  return { send, watch, close: () => agent.destroy() };
}
