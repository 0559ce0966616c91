import { pipeline } from 'node:stream/promises';
import type { WebSocket } from 'ws';
import type { StreamOptions } from '../../runtime/pod-runtime.js';
import { SpdySession, type SpdyStream } from '../spdy/spdy-session.js';
import { upgradeToSpdy } from '../spdy/spdy-upgrade.js';
import { channels, WebSocketChannels } from './web-socket-channels.js';

const protocol = 'v4.channel.k8s.io';

/** Runs exec or attach for a client that speaks WebSocket, over SPDY to the runtime, which knows only that. */
export async function runOverWebSocket(webSocket: WebSocket, target: URL, wanted: StreamOptions): Promise<void> {
  const client = new WebSocketChannels(webSocket);
  const stdin = wanted.stdin ? client.input(channels.stdin) : undefined;
  const resize = wanted.tty ? client.input(channels.resize) : undefined;
  const { socket } = await upgradeToSpdy(target, [protocol]);
  const runtime = new SpdySession(socket, 'client');
  webSocket.once('close', () => runtime.close());

  // The runtime starts once it has all streams that were asked of it.
  const open = (streamType: string): SpdyStream => runtime.open({ streamtype: streamType });
  const errors = open('error');
  const input = stdin && open('stdin');
  const output = wanted.stdout ? open('stdout') : undefined;
  const errorOutput = wanted.stderr && !wanted.tty ? open('stderr') : undefined;
  const sizes = resize && open('resize');

  if (stdin && input) void pipeline(stdin, input).catch(ignoreBroken);
  if (resize && sizes) void pipeline(resize, sizes).catch(ignoreBroken);
  const outputs = [
    output && pipeline(output, client.output(channels.stdout)),
    errorOutput && pipeline(errorOutput, client.output(channels.stderr)),
  ];
  await Promise.all(outputs).catch(ignoreBroken);
  // Last, as clients take it for the end: the exit status, or what went wrong.
  await pipeline(errors, client.output(channels.error)).catch(ignoreBroken);
  client.close();
  runtime.close();
}

/** One side has gone: there is nobody left to tell. */
const ignoreBroken = (): void => undefined;
