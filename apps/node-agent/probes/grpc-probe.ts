import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import type { ProbeOutcome } from './probe-state.js';

const serving = 1;

/** Asks grpc.health.v1.Health/Check. Its messages are one field each: service = 1 (string), status = 1 (enum). */
export function grpcProbe(host: string, port: number, service: string, timeout: number): Promise<ProbeOutcome> {
  const client = new Client(`${host}:${port}`, credentials.createInsecure(), {
    'grpc.default_authority': `${host}:${port}`,
  });
  const name = Buffer.from(service);
  const request = name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  return new Promise((resolve) => {
    client.makeUnaryRequest<Buffer, number>(
      '/grpc.health.v1.Health/Check',
      (bytes) => bytes,
      (bytes) => (bytes[0] === 0x08 ? (bytes[1] ?? 0) : 0),
      request,
      { deadline: Date.now() + timeout },
      (error: ServiceError | null, answer?: number) => {
        client.close();
        resolve(error ? failed(error, host, port, timeout) : verdictOf(answer ?? 0));
      },
    );
  });
}

const verdictOf = (answer: number): ProbeOutcome =>
  answer === serving
    ? { result: 'success', output: '' }
    : {
        result: 'failure',
        output: `service unhealthy (responded with "${['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'][answer] ?? answer}")`,
      };

function failed({ code, details }: ServiceError, host: string, port: number, timeout: number): ProbeOutcome {
  if (code === status.DEADLINE_EXCEEDED)
    return {
      result: 'failure',
      output: `timeout: failed to connect service "${host}:${port}" within ${timeout / 1000}s: context deadline exceeded`,
    };
  if (code === status.UNIMPLEMENTED)
    return {
      result: 'failure',
      output: 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)',
    };
  return { result: 'failure', output: `error: health rpc probe failed: ${details}` };
}
