import { request } from 'node:http';
import type { Duplex } from 'node:stream';

/** An upgraded connection and the stream protocol that the server chose. */
export interface Upgraded {
  readonly socket: Duplex;
  readonly protocol: string | undefined;
}

/** Asks a server to speak SPDY/3.1 with one of these stream protocols. @throws Error with what it said instead. */
export function upgradeToSpdy(url: URL, protocols: readonly string[]): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'SPDY/3.1',
      'x-stream-protocol-version': [...protocols],
      'content-length': '0',
    };
    const asking = request(url, { method: 'POST', headers, agent: false });
    asking.once('upgrade', (answer, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      const protocol = answer.headers['x-stream-protocol-version'];
      resolve({ socket, protocol: Array.isArray(protocol) ? protocol[0] : protocol });
    });
    asking.once('response', (answer) => {
      answer.setEncoding('utf8');
      let text = '';
      answer.on('data', (chunk: string) => (text += chunk));
      answer.once('end', () => reject(new Error(text.trim() || `the runtime answered ${answer.statusCode}`)));
    });
    asking.once('error', reject).end();
  });
}
