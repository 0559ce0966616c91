import { existsSync } from 'node:fs';
import { createLogger, shutdownSignal } from '@shiplog/component-base';
import { clusterPaths } from '../cluster/cluster-paths.js';
import { readSettings } from '../cluster/cluster-settings.js';
import { identityOf } from './process-identity.js';
import { clusterProcesses } from './processes.js';
import { supervise } from './supervisor.js';

const logger = createLogger('supervisor');

/** The background process of `shiplog up`: argv names the cluster's folder. */
async function main(home: string): Promise<void> {
  const signal = shutdownSignal();
  const paths = clusterPaths(home);
  const [settings, self] = [await readSettings(paths), await identityOf(process.pid)];
  if (!settings || !self) throw new Error(`${paths.settings} is missing`);
  const built = (entry: string | undefined): boolean => !entry?.endsWith('/main.js') || existsSync(entry);
  const all = clusterProcesses({ paths, settings });
  const specs = all.filter(({ args }) => built(args.at(-1)));
  logger.info({ home, processes: specs.map(({ name }) => name) }, 'supervisor starts');
  await supervise(withoutMissing(specs), self, paths, logger, signal);
  logger.info('supervisor ends');
}

const withoutMissing = <T extends { name: string; after: readonly string[] }>(specs: readonly T[]): T[] => {
  const names = new Set(specs.map(({ name }) => name));
  return specs.map((spec) => ({ ...spec, after: spec.after.filter((name) => names.has(name)) }));
};

main(process.argv[2] ?? '').then(
  () => process.exit(0),
  (error: unknown) => {
    logger.fatal({ err: error }, 'supervisor failed');
    process.exitCode = 1;
  },
);
