import { Duplex } from 'node:stream';
import {
  dataFrame,
  FrameReader,
  goAwayFrame,
  pingFrame,
  rstStreamFrame,
  synReplyFrame,
  synStreamFrame,
  type SpdyFrame,
} from './spdy-frames.js';
import { HeaderReader, HeaderWriter, type SpdyHeaders } from './spdy-headers.js';

const cancel = 5;
const largestWrite = 64 * 1024;

/** One stream of a session. Ending it closes its writing side, destroying it resets it. */
export class SpdyStream extends Duplex {
  private isReset = false;
  private drained: (() => void) | undefined;

  constructor(
    readonly id: number,
    readonly headers: SpdyHeaders,
    private readonly session: SpdySession,
  ) {
    super({ allowHalfOpen: true });
  }

  /** Takes data from the peer; resolves when there is room for more. */
  receive(data: Buffer): Promise<void> {
    if (data.length === 0 || this.readableEnded || this.destroyed || this.push(data)) return Promise.resolve();
    return new Promise((resolve) => (this.drained = resolve));
  }

  receiveEnd(): void {
    if (!this.readableEnded && !this.destroyed) this.push(null);
    this.drained?.();
  }

  /** The peer has done with it. What it sent before is still read: runtimes reset a stream right behind its last data. */
  receiveReset(): void {
    this.isReset = true;
    this.receiveEnd();
    this.end();
    this.session.forget(this.id);
  }

  /** The connection broke: nothing is known to be whole. */
  abort(): void {
    this.isReset = true;
    this.destroy();
  }

  override _read(): void {
    this.drained?.();
    this.drained = undefined;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.isReset) return done();
    for (let at = 0; at < chunk.length; at += largestWrite) {
      const isLast = at + largestWrite >= chunk.length;
      this.session.send(dataFrame(this.id, chunk.subarray(at, at + largestWrite), false), isLast ? done : undefined);
    }
    if (chunk.length === 0) done();
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.isReset) return done();
    this.session.send(dataFrame(this.id, Buffer.alloc(0), true), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.drained?.();
    const isWhole = this.readableEnded && this.writableFinished;
    if (!this.isReset && !isWhole) this.session.send(rstStreamFrame(this.id, cancel));
    this.session.forget(this.id);
    done(error);
  }
}

/**
 * SPDY/3.1 as kubectl and container runtimes speak it, over any byte stream, in either role. They keep no flow-control windows, so
 * neither does this; a stream that is not read holds up the session, as theirs does.
 */
export class SpdySession {
  /** Called with each stream that the peer opens; it is accepted already. */
  onStream: (stream: SpdyStream) => void = (stream) => stream.destroy();
  private readonly streams = new Map<number, SpdyStream>();
  private readonly frames = new FrameReader();
  private readonly headerReader = new HeaderReader();
  private readonly headerWriter = new HeaderWriter();
  private nextId: number;
  private lastPeerId = 0;
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<void>;

  constructor(
    private readonly socket: Duplex,
    role: 'client' | 'server',
  ) {
    this.nextId = role === 'client' ? 1 : 2;
    this.closed = this.readAll();
  }

  /** Opens a stream; it may be written at once. */
  open(headers: SpdyHeaders): SpdyStream {
    const stream = new SpdyStream(this.nextId, headers, this);
    this.nextId += 2;
    this.streams.set(stream.id, stream);
    this.send(synStreamFrame(stream.id, this.headerWriter.write(headers), false));
    return stream;
  }

  /** Says goodbye and ends the connection once what was written is out. */
  close(): void {
    if (this.socket.destroyed || this.socket.writableEnded) return;
    this.socket.end(goAwayFrame(this.lastPeerId));
  }

  send(frame: Buffer, done?: (error?: Error | null) => void): void {
    if (this.socket.destroyed || this.socket.writableEnded) return done?.();
    this.socket.write(frame, (error) => done?.(error));
  }

  forget(id: number): void {
    this.streams.delete(id);
  }

  private async readAll(): Promise<void> {
    try {
      for await (const chunk of this.socket)
        for (const frame of this.frames.read(chunk as Buffer)) await this.receive(frame);
      for (const stream of [...this.streams.values()]) stream.receiveReset();
    } catch {
      // A connection that breaks, or a peer that does not speak the protocol: either way it is over for all streams.
      this.socket.destroy();
    } finally {
      for (const stream of [...this.streams.values()]) stream.abort();
      this.headerReader.close();
      // A peer that has ended its side waits for ours.
      if (!this.socket.writableEnded) this.socket.end();
    }
  }

  private async receive(frame: SpdyFrame): Promise<void> {
    switch (frame.type) {
      case 'synStream':
        return this.accept(frame.stream, frame.fin, await this.headerReader.read(frame.block));
      case 'synReply':
      case 'headers':
        // Not needed, but it has to be read: the next block depends on it.
        await this.headerReader.read(frame.block);
        if (frame.fin) this.streams.get(frame.stream)?.receiveEnd();
        return;
      case 'data': {
        const stream = this.streams.get(frame.stream);
        await stream?.receive(Buffer.from(frame.data));
        if (frame.fin) stream?.receiveEnd();
        return;
      }
      case 'rstStream':
        return this.streams.get(frame.stream)?.receiveReset();
      case 'ping':
        // The peer's own; those that answer ours would have our parity.
        if (frame.id % 2 !== this.nextId % 2) this.send(pingFrame(frame.id));
        return;
      case 'goAway':
      case 'other':
        return;
    }
  }

  private accept(id: number, fin: boolean, headers: SpdyHeaders): void {
    const stream = new SpdyStream(id, headers, this);
    this.lastPeerId = id;
    this.streams.set(id, stream);
    this.send(synReplyFrame(id, this.headerWriter.write({})));
    this.onStream(stream);
    if (fin) stream.receiveEnd();
  }
}
