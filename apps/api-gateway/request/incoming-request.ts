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

/** A large body in parts that are sent as they are: joining them would copy them. */
export interface BodyParts {
  readonly parts: readonly Uint8Array[];
  /** Bytes of all parts. */
  readonly length: number;
}

export const joined = (body: Uint8Array | string | BodyParts): Buffer =>
  typeof body === 'object' && 'parts' in body
    ? Buffer.concat(body.parts, body.length)
    : Buffer.from(body as Uint8Array);

/** What a request is answered with; `stream` writes the answer itself and resolves when it is over. */
export type Answer =
  | {
      readonly code: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body: Uint8Array | string | BodyParts;
    }
  | { readonly stream: () => Promise<void> };
