import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubectlFor, type Kubectl } from './kubectl.js';

const root = join(import.meta.dirname, '../..');

/** The cluster that the end-to-end tests share; `npm run test:e2e` starts it before them and stops it behind them. */
export interface TestCluster {
  readonly home: string;
  readonly kubectl: Kubectl;
  /** Runs the `shiplog` command against this cluster and returns what it prints. */
  shiplog(...args: string[]): Promise<string>;
}

export function testCluster(): TestCluster {
  const home = process.env['SHIPLOG_E2E_HOME'];
  if (!home || !existsSync(join(home, 'kubeconfig'))) {
    throw new Error(
      'no cluster to test: run the end-to-end tests with npm run test:e2e, or set SHIPLOG_E2E_HOME to the folder of a running cluster',
    );
  }
  const kubeconfig = join(home, 'kubeconfig');
  return {
    home,
    kubectl: kubectlFor(kubeconfig),
    shiplog: (...args) =>
      new Promise((resolve, reject) => {
        const env = { ...process.env, SHIPLOG_HOME: home, KUBECONFIG: kubeconfig };
        execFile(
          process.execPath,
          [join(root, 'scripts/shiplog.mjs'), ...args],
          { env, maxBuffer: 64 * 1024 * 1024 },
          (error, stdout, stderr) =>
            error ? reject(new Error(`shiplog ${args.join(' ')}: ${stderr}${stdout}`)) : resolve(stdout),
        );
      }),
  };
}

/** The manifest of the example application, as the repository ships it. */
export const exampleManifest = (): string => readFileSync(join(root, 'examples/hello/hello.yaml'), 'utf8');

/** Waits until `check` holds; a check that throws counts as not yet. @throws Error with the last reason after `seconds`. */
export async function eventually<T>(seconds: number, check: () => Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown = 'it never held';
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end)
      throw new Error(`not within ${seconds} s: ${last instanceof Error ? last.message : String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
