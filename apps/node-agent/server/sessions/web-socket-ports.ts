import { createWebSocketStream, type WebSocket } from 'ws';
import { SpdySession } from '../spdy/spdy-session.js';
import { upgradeToSpdy } from '../spdy/spdy-upgrade.js';
import { join } from './raw-proxy.js';
import { WebSocketChannels } from './web-socket-channels.js';

const protocol = 'portforward.k8s.io';

/** Port-forward for a client that wraps SPDY in WebSocket messages: what is in them goes to the runtime as it is. */
export async function tunnelSpdy(webSocket: WebSocket, target: URL): Promise<void> {
  const wrapped = createWebSocketStream(webSocket);
  const { socket } = await upgradeToSpdy(target, [protocol]);
  join(wrapped, socket);
}

/**
 * Port-forward as channels of a WebSocket: two for each port of the query, data and error, each of which begins with the port as two
 * bytes, the low one first.
 */
export async function forwardOverWebSocket(webSocket: WebSocket, target: URL, ports: readonly number[]): Promise<void> {
  const client = new WebSocketChannels(webSocket);
  // Before anything is waited for: what the client sends meanwhile must not be lost.
  const inputs = ports.map((_, index) => client.input(2 * index));
  const { socket } = await upgradeToSpdy(target, [protocol]);
  const runtime = new SpdySession(socket, 'client');
  webSocket.once('close', () => runtime.close());
  ports.forEach((port, index) => {
    const headers = { port: String(port), requestid: String(index) };
    const [dataChannel, errorChannel] = [2 * index, 2 * index + 1];
    const first = Buffer.from([port & 255, port >> 8]);
    const errors = runtime.open({ ...headers, streamtype: 'error' });
    const data = runtime.open({ ...headers, streamtype: 'data' });
    const [output, errorOutput] = [client.output(dataChannel), client.output(errorChannel)];
    output.write(first);
    errorOutput.write(first);
    for (const stream of [errors, data]) stream.once('error', () => webSocket.terminate());
    errors.end();
    errors.pipe(errorOutput);
    data.pipe(output);
    inputs[index]?.pipe(data);
  });
  await runtime.closed;
  client.close();
}
