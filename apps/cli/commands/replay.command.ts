import type { Command } from 'commander';
import { historyRoot, type MomentRevisions } from '@shiplog/domain';
import { withAccessOptions, withClient, type AccessOptions, type PastClient } from './history/api-access.js';
import { kindNamed, pathOfKind, servedKinds, type ServedKind } from './history/find-object.js';

export interface ReplayOptions {
  readonly from: string;
  readonly to?: string;
  readonly speed?: string;
  readonly kinds?: string;
  readonly allNamespaces?: boolean;
}

const defaultKinds = 'deployments.apps,replicasets.apps,pods,services,nodes';

export function addReplayCommand(program: Command): void {
  withAccessOptions(program.command('replay'))
    .description('play a stretch of the past again, change by change')
    .requiredOption('--from <moment>', 'a revision, a time, or how long ago (10m)')
    .option('--to <moment>', 'where to end; default: now')
    .option('--speed <factor>', 'how much faster than it happened', '10')
    .option('--kinds <list>', 'what to show', defaultKinds)
    .option('-A, --all-namespaces', 'of every namespace')
    .action((options: ReplayOptions & AccessOptions) =>
      withClient(options, (client) => replay(client, options, (line) => console.log(line), interrupted())),
    );
}

interface WatchLine {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion: string };
    readonly status?: { readonly phase?: string };
  };
}

/** Watches the past, a watch for each kind, until each has shown its part. */
export async function replay(
  client: PastClient,
  options: ReplayOptions,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = await servedKinds(client);
  const kinds = (options.kinds ?? defaultKinds).split(',').map((word) => kindNamed(known, word));
  // Both ends become revisions first, so that all kinds show one and the same stretch.
  const [from, to] = await Promise.all([revisionAt(client, options.from), revisionAt(client, options.to ?? 'now')]);
  const stretch = `/as-of/${from}..${to}@${options.speed ?? '10'}x`;
  const namespace = options.allNamespaces ? '' : client.namespace;
  await Promise.all(
    kinds.map((kind) => show(client, kind, `${stretch}${pathOfKind(kind, namespace)}`, from, print, signal)),
  );
}

const revisionAt = async (client: PastClient, moment: string): Promise<string> =>
  (await client.read<MomentRevisions>(`${historyRoot}/revisions?at=${encodeURIComponent(moment)}`)).RESOURCES;

async function show(
  client: PastClient,
  kind: ServedKind,
  path: string,
  from: string,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  // Only what changed; before the first event there is no state to leave out.
  const start = from === '0' ? '' : `&resourceVersion=${from}`;
  for await (const line of client.lines(`${path}?watch=1&ends=true${start}`, signal)) {
    const { type, object } = JSON.parse(line) as WatchLine;
    const { namespace, name, resourceVersion } = object.metadata;
    const where = namespace === undefined ? name : `${namespace}/${name}`;
    print(
      `${resourceVersion.padStart(8)}  ${type.padEnd(8)}  ${kind.singularName || kind.name} ${where} ${object.status?.phase ?? ''}`.trimEnd(),
    );
  }
}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
