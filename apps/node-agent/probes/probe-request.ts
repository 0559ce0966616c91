import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Container, HTTPGetAction, Probe } from '@shiplog/domain';
import { RuntimeError, type PodRuntime } from '../runtime/pod-runtime.js';
import { grpcProbe } from './grpc-probe.js';
import type { ProbeOutcome } from './probe-state.js';

export interface ProbeTarget {
  readonly runtime: PodRuntime;
  readonly containerId: string;
  readonly container: Container;
  readonly podIp: string;
}

const maxOutput = 10 * 1024;
const success: ProbeOutcome = { result: 'success', output: '' };
const failure = (output: string): ProbeOutcome => ({ result: 'failure', output });

/** Tries a probe once, for at most its timeout. */
export async function tryProbe(probe: Probe, target: ProbeTarget): Promise<ProbeOutcome> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec) return tryCommand(probe.exec.command ?? [], target, timeout);
  if (probe.httpGet) return tryHttp(probe.httpGet, target, timeout);
  if (probe.tcpSocket) {
    const { port, host } = probe.tcpSocket;
    return tryTcp(host || target.podIp, portNumber(port, target.container), timeout);
  }
  if (probe.grpc) return grpcProbe(target.podIp, probe.grpc.port, probe.grpc.service ?? '', timeout);
  return { result: 'unknown', output: 'missing probe handler' };
}

/** A port by number or by its name in the container. NaN if there is none. */
export function portNumber(port: number | string, { ports = [] }: Container): number {
  const named = ports.find(({ name }) => name === port)?.containerPort;
  return named ?? Number(port);
}

async function tryCommand(
  command: readonly string[],
  { runtime, containerId }: ProbeTarget,
  timeout: number,
): Promise<ProbeOutcome> {
  try {
    const { exitCode, stdout, stderr } = await runtime.execute(containerId, command, timeout / 1000);
    if (exitCode === 0) return success;
    return failure(Buffer.concat([stdout, stderr]).subarray(0, maxOutput).toString('utf8'));
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    if (error.reason === 'DeadlineExceeded')
      return failure(`command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeout / 1000}s`);
    return { result: 'unknown', output: error.message };
  }
}

function tryHttp(
  { scheme, host, port, path = '/', httpHeaders = [] }: HTTPGetAction,
  { podIp, container }: ProbeTarget,
  timeout: number,
): Promise<ProbeOutcome> {
  const isHttps = scheme === 'HTTPS';
  const hostname = host || podIp;
  const number = portNumber(port, container);
  const url = `${isHttps ? 'https' : 'http'}://${hostname}:${number}${path.startsWith('/') ? path : `/${path}`}`;
  const headers = Object.fromEntries(
    httpHeaders.filter(({ value }) => value !== '').map(({ name, value }) => [name, value ?? '']),
  );
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const defaults = { 'User-Agent': 'kube-probe/1.36', Accept: '*/*', Connection: 'close' };
  const added = Object.fromEntries(Object.entries(defaults).filter(([name]) => !names.includes(name.toLowerCase())));
  const get = isHttps ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const fail = (why: string): void => resolve(failure(`Get "${url}": ${why}`));
    if (Number.isNaN(number)) return resolve({ result: 'unknown', output: `no port named ${port}` });
    const signal = AbortSignal.timeout(timeout);
    // The node vouches for the pod: it asks the container itself, whatever certificate that has.
    const request = get(
      url,
      { headers: { ...added, ...headers }, rejectUnauthorized: false, agent: false, signal },
      (answer) => {
        answer.resume();
        resolve(verdictOf(answer));
      },
    );
    request.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        signal.aborted
          ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
          : dialError(hostname, number, error),
      ),
    );
    request.end();
  });
}

const verdictOf = ({ statusCode = 0 }: IncomingMessage): ProbeOutcome =>
  statusCode >= 200 && statusCode < 400 ? success : failure(`HTTP probe failed with statuscode: ${statusCode}`);

function tryTcp(host: string, port: number, timeout: number): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    if (Number.isNaN(port)) return resolve({ result: 'unknown', output: 'no such port' });
    const socket = connect({ host, port, timeout });
    const end = (outcome: ProbeOutcome): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => end(success));
    socket.once('timeout', () => end(failure(`dial tcp ${host}:${port}: i/o timeout`)));
    socket.once('error', (error: NodeJS.ErrnoException) => end(failure(dialError(host, port, error))));
  });
}

const dialErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
};

function dialError(host: string, port: number, { code, message }: NodeJS.ErrnoException): string {
  const known = dialErrors[code ?? ''];
  if (known) return `dial tcp ${host}:${port}: ${known}`;
  return code === 'ECONNRESET' ? 'EOF' : message;
}
