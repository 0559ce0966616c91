import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UserInfo } from '@shiplog/domain';

/** The HTTP exchange behind a request, for what must own it: watches, logs, upgrades. Commands over NATS have none. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Present when the client asks to upgrade: the raw connection and what was read ahead. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
}

/** A request as it arrived, over HTTPS or as a command over NATS. */
export interface IncomingRequest {
  readonly method: string;
  /** Without the query, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names are lower-case. */
  readonly headers: IncomingHttpHeaders;
  readonly sourceIp: string;
  /** The client's certificate (DER), once TLS has verified it against the cluster's CA. */
  readonly clientCertificate?: Buffer;
  /** Set by a transport that authenticates by itself (commands over NATS). */
  readonly trustedUser?: UserInfo;
  readonly http?: HttpExchange;
  /**
   * Reads the body ahead of its use, as far as `hasRoom` for so many bytes more; resolves when it is there or has failed, which `body` then tells.
   * Undefined: there is none to wait for.
   */
  receive?(limit: number, hasRoom: (bytes: number) => boolean): Promise<void> | undefined;
  /** The whole body. @throws StatusError 413 if it is larger than `limit` bytes. */
  body(limit: number): Promise<Buffer>;
}

/** What an answer keeps in memory until its client has taken it. */
export interface Held {
  /** Answers that name the same keep parts of the same: together no more than the one that keeps most. */
  readonly of: unknown;
  /** At most; it may grow while the answer is under way. */
  readonly bytes: number;
}

/** A large body, part by part, so that nobody has to hold all of it. */
export interface BodyParts {
  /** In order, to be walked once. A part is valid until the next one is asked for. */
  readonly parts: Iterable<Uint8Array>;
  /** Bytes of all parts. */
  readonly length: number;
  readonly held: Held;
}

/** The whole of it, copied. */
export function joined(body: Uint8Array | string | BodyParts): Buffer {
  if (typeof body !== 'object' || !('parts' in body)) return Buffer.from(body as Uint8Array);
  const whole = Buffer.allocUnsafe(body.length);
  let at = 0;
  for (const part of body.parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What a request is answered with; `stream` writes the answer itself and resolves when it is over. */
export type Answer =
  | {
      readonly code: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body: Uint8Array | string | BodyParts;
    }
  | { readonly stream: () => Promise<void> };
