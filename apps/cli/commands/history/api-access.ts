import type { Command } from 'commander';
import { hasReason, StatusError } from '@shiplog/domain';
import { loadKubeconfig, RestClient } from '@shiplog/client';
import { CommandError } from '../terminal.js';

/** The API as the commands of the past need it: by path. */
export interface PastClient {
  readonly namespace: string;
  /** The JSON of a GET. @throws StatusError */
  read<T>(path: string): Promise<T>;
  /** @throws StatusError */
  write(method: 'PUT' | 'POST', path: string, body: unknown): Promise<void>;
  /** The lines of a GET that goes on. @throws StatusError */
  lines(path: string, signal?: AbortSignal): AsyncIterable<string>;
}

export interface AccessOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** The options by which kubectl is told where and as whom. */
export const withAccessOptions = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'the kubeconfig to use')
    .option('--context <name>', 'the context in it to use')
    .option('-n, --namespace <name>', 'the namespace to look in');

/** Runs a command with a client for the cluster that its options name; what the API refuses is told without a stack. */
export async function withClient(options: AccessOptions, run: (client: PastClient) => Promise<void>): Promise<void> {
  const access = await loadKubeconfig({
    ...(options.kubeconfig ? { file: options.kubeconfig } : {}),
    ...(options.context ? { context: options.context } : {}),
  });
  const rest = new RestClient(access, { userAgent: 'shiplog' });
  try {
    await run(clientOf(rest, options.namespace ?? access.namespace ?? 'default'));
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const hint = hasReason(error, 'NotFound') ? ' (there may have been none of that name)' : '';
    throw new CommandError(`${error.message}${hint}`, { cause: error });
  } finally {
    rest.close();
  }
}

const clientOf = (rest: RestClient, namespace: string): PastClient => ({
  namespace,
  read: async <T>(path: string): Promise<T> => {
    const { code, body } = await rest.send({ method: 'GET', path });
    if (code >= 400) throw failure(code, body);
    return body as T;
  },
  write: async (method, path, body) => {
    const answer = await rest.send({ method, path, body });
    if (answer.code >= 400) throw failure(answer.code, answer.body);
  },
  async *lines(path, signal) {
    const answer = await rest.open({ method: 'GET', path }, signal);
    let unfinished = '';
    try {
      answer.setEncoding('utf8');
      for await (const chunk of answer) {
        const parts = (unfinished + String(chunk)).split('\n');
        unfinished = parts.pop() ?? '';
        if ((answer.statusCode ?? 500) < 400) yield* parts.filter((line) => line !== '');
        else unfinished = [...parts, unfinished].join('\n');
      }
      if ((answer.statusCode ?? 500) >= 400) throw failure(answer.statusCode ?? 500, JSON.parse(unfinished));
    } finally {
      answer.destroy();
    }
  },
});

function failure(code: number, body: unknown): StatusError {
  const isStatus = typeof body === 'object' && body !== null && 'message' in body;
  return isStatus ? StatusError.fromStatus(body as never) : new StatusError(code, 'Unknown', String(body));
}
