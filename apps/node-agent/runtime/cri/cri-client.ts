import {
  credentials,
  loadPackageDefinition,
  Metadata,
  status,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { join } from 'node:path';
import { RuntimeError } from '../pod-runtime.js';
import type { CriAnswers, CriRequests } from './cri-messages.js';

const usualTimeout = 120_000;
const maxMessage = 16 * 1024 * 1024;

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The calls of CRI v1 on a container runtime's socket. */
export interface CriClient {
  call<M extends keyof CriRequests>(method: M, request: CriRequests[M], options?: CallOptions): Promise<CriAnswers[M]>;
  close(): void;
}

type Unary = (
  request: unknown,
  metadata: Metadata,
  options: { deadline: Date },
  done: (error: ServiceError | null, answer?: unknown) => void,
) => { cancel(): void };

/** Calls wait for a runtime that is (re)starting, within their time. @throws RuntimeError */
export function connectCri(socket: string): CriClient {
  const { RuntimeService, ImageService } = services();
  const options = {
    'grpc.max_receive_message_length': maxMessage,
    'grpc.default_authority': 'localhost',
    'grpc.max_reconnect_backoff_ms': 2_000,
  };
  const runtime = new RuntimeService(`unix://${socket}`, credentials.createInsecure(), options);
  const images = new ImageService(`unix://${socket}`, credentials.createInsecure(), options);
  return {
    call: <M extends keyof CriRequests>(
      method: M,
      request: CriRequests[M],
      { timeoutMs = usualTimeout, signal }: CallOptions = {},
    ) =>
      new Promise<CriAnswers[M]>((resolve, reject) => {
        signal?.throwIfAborted();
        const client = method in images ? images : runtime;
        const unary = (client as unknown as Record<string, Unary>)[method];
        if (!unary) throw new RuntimeError('Unsupported', `CRI has no call ${method}`);
        const cancel = (): void => call.cancel();
        const call = unary.call(
          client,
          request,
          new Metadata(),
          { deadline: new Date(Date.now() + timeoutMs) },
          (error, answer) => {
            signal?.removeEventListener('abort', cancel);
            if (error) reject(runtimeError(error));
            else resolve(answer as CriAnswers[M]);
          },
        );
        signal?.addEventListener('abort', cancel, { once: true });
      }),
    close: () => {
      runtime.close();
      images.close();
    },
  };
}

function services(): { RuntimeService: ServiceClientConstructor; ImageService: ServiceClientConstructor } {
  const definition = loadSync(join(import.meta.dirname, 'cri.proto'), { longs: Number, enums: String, defaults: true });
  const { v1 } = loadPackageDefinition(definition)['runtime'] as unknown as {
    v1: { RuntimeService: ServiceClientConstructor; ImageService: ServiceClientConstructor };
  };
  return v1;
}

function runtimeError({ code, details }: ServiceError): RuntimeError {
  return new RuntimeError(reasons[code] ?? 'Failed', details);
}

const reasons: Readonly<Record<number, RuntimeError['reason']>> = {
  [status.NOT_FOUND]: 'NotFound',
  [status.INVALID_ARGUMENT]: 'InvalidArgument',
  [status.DEADLINE_EXCEEDED]: 'DeadlineExceeded',
  [status.UNAVAILABLE]: 'Unavailable',
  [status.UNIMPLEMENTED]: 'Unsupported',
  [status.CANCELLED]: 'Unavailable',
};
