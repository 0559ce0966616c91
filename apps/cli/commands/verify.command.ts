import type { Command } from 'commander';
import type { Verification } from '@shiplog/event-store';
import { clusterAt } from '../cluster/cluster.js';
import { clusterPaths, homeFolder } from '../cluster/cluster-paths.js';
import { readSettings } from '../cluster/cluster-settings.js';
import { databaseUrl } from '../supervisor/postgres.js';
import { CommandError, done, failed } from './terminal.js';

interface VerifyOptions {
  readonly home?: string;
  readonly output?: string;
}

const mostShown = 20;

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('compare PostgreSQL with the log, object by object')
    .option('--home <folder>', 'where the cluster keeps its data')
    .option('-o, --output <format>', 'json, or text')
    .action(verify);
}

async function verify({ home, output }: VerifyOptions): Promise<void> {
  const results = await verifications(home);
  if (output === 'json')
    console.log(
      JSON.stringify(results, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2),
    );
  else for (const result of results) tell(result);
  if (results.some(({ differences }) => differences.length > 0))
    throw new CommandError('PostgreSQL is not what the log says; the log is right');
}

async function verifications(home: string | undefined): Promise<Verification[]> {
  // Loaded here: the other commands need none of the log's code.
  const { connectEventStore, database, archivedStreams, verifyProjections } = await import('@shiplog/event-store');
  const paths = clusterPaths(homeFolder(home));
  const settings = await readSettings(paths);
  if (!settings) throw new CommandError(`there is no cluster in ${paths.home}; shiplog up starts one`);
  const log = await connectEventStore(
    {
      name: 'shiplog verify',
      natsUrl: `nats://${settings.hosts?.nats ?? '127.0.0.1'}:${settings.natsPort}`,
      natsUser: 'projector',
      natsPassword: settings.natsPasswords.projector,
    },
    AbortSignal.timeout(5_000),
  );
  const archive = database({ url: databaseUrl(clusterAt(paths.home, settings)), name: 'shiplog verify' });
  try {
    await archive.initialize();
    const results: Verification[] = [];
    const never = new AbortController().signal;
    for (const stream of archivedStreams) results.push(await verifyProjections(log, archive, stream, never));
    return results;
  } finally {
    await log.close();
    if (archive.isInitialized) await archive.destroy();
  }
}

function tell({ stream, revision, events, objects, differences }: Verification): void {
  const scope = `${stream}: ${events} events of ${objects} objects, up to revision ${revision}`;
  if (differences.length === 0) return done(scope);
  failed(`${scope}: ${differences.length} differences`);
  for (const { state, subject, revision: at, problem } of differences.slice(0, mostShown))
    console.log(`   ${state}: ${subject} at ${at}: ${problem}`);
}
