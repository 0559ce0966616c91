import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a user types, against the cluster under test. */
export interface Kubectl {
  /** Output of a command that must succeed. @throws Error with kubectl's own words. */
  (...args: string[]): Promise<string>;
  /** How a command ends that may fail. */
  outcome(args: readonly string[], input?: string): Promise<Outcome>;
  /** `kubectl <args> -f -` with a manifest. */
  withInput(input: string | object | readonly object[], ...args: string[]): Promise<string>;
  json<T>(...args: string[]): Promise<T>;
  start(...args: string[]): ChildProcessWithoutNullStreams;
}

const text = (input: string | object | readonly object[]): string => {
  if (typeof input === 'string') return input;
  return Array.isArray(input)
    ? JSON.stringify({ apiVersion: 'v1', kind: 'List', items: input as object[] })
    : JSON.stringify(input);
};

export function kubectlFor(kubeconfig: string): Kubectl {
  const environment = (): NodeJS.ProcessEnv => ({ ...process.env, KUBECONFIG: kubeconfig });
  const outcome = (args: readonly string[], input?: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const child = execFile(
        'kubectl',
        [...args],
        { env: environment(), maxBuffer: 64 * 1024 * 1024, timeout: 120_000 },
        (error, stdout, stderr) =>
          resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
      );
      if (input !== undefined) child.stdin?.end(input);
    });
  const run = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await outcome(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: exit ${code}\n${stderr}${stdout}`);
    return stdout;
  };
  return Object.assign((...args: string[]) => run(args), {
    outcome,
    withInput: (input: string | object | readonly object[], ...args: string[]) =>
      run([...args, '-f', '-'], text(input)),
    json: async <T>(...args: string[]) => JSON.parse(await run([...args, '-o', 'json'])) as T,
    start: (...args: string[]) => spawn('kubectl', args, { env: environment() }),
  });
}
