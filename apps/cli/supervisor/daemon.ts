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
  const specs = clusterProcesses({ paths, settings });
  logger.info({ home, processes: specs.map(({ name }) => name) }, 'supervisor starts');
  await supervise(specs, self, paths, logger, signal);
  logger.info('supervisor ends');
}

main(process.argv[2] ?? '').then(
  () => process.exit(0),
  (error: unknown) => {
    logger.fatal({ err: error }, 'supervisor failed');
    process.exitCode = 1;
  },
);
