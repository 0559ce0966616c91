import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { SpdySession, type SpdyStream } from '../server/spdy/spdy-session.js';

/** A runtime's streaming server in small: /exec echoes stdin and fails with code 7, /portforward joins the port on loopback. */
export async function startStreamingServer(): Promise<{ url(path: string): URL; close(): void }> {
  const server: Server = createServer((_request, response) => response.writeHead(400).end('only SPDY is spoken here'));
  server.on('upgrade', (request, socket) => {
    const protocol = String(request.headers['x-stream-protocol-version']).split(',')[0] ?? '';
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
    );
    const session = new SpdySession(socket, 'server');
    const streams = new Map<string, SpdyStream>();
    session.onStream = (stream) => {
      const type = stream.headers['streamtype'] ?? '';
      streams.set(type, stream);
      if (request.url === '/portforward') return type === 'data' ? joinPort(stream) : stream.end();
      if (streams.size === 4) void echo(streams, session);
    };
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: (path) => new URL(`http://127.0.0.1:${port}${path}`), close: () => server.close() };
}

function joinPort(stream: SpdyStream): void {
  const socket = connect(Number(stream.headers['port']), '127.0.0.1');
  socket.on('error', () => stream.destroy());
  stream.pipe(socket).pipe(stream);
}

async function echo(streams: ReadonlyMap<string, SpdyStream>, session: SpdySession): Promise<void> {
  for await (const chunk of streams.get('stdin') ?? []) streams.get('stdout')?.write(chunk);
  streams.get('stderr')?.end('done');
  streams.get('stdout')?.end();
  const causes = [{ reason: 'ExitCode', message: '7' }];
  streams.get('error')?.end(JSON.stringify({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes } }));
  setTimeout(() => session.close(), 50);
}
