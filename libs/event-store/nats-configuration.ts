import { join } from 'node:path';
import type { StreamName } from '@shiplog/domain';
import { inboxPrefixOf } from './connect-nats.js';
import { compactionStream, compactionSubject, streamNames } from './jetstream/streams.js';
import { subjectsOf } from './log/subject.js';

/** Who may do what is decided by name: api-gateway writes, projector compacts, every other user follows and sends its own commands. */
export interface NatsUserSettings {
  readonly name: string;
  readonly password: string;
}

export interface NatsServerSettings {
  readonly serverName?: string;
  /** Default: loopback only. */
  readonly host?: string;
  readonly port: number;
  /** The folder of the log. */
  readonly storeFolder: string;
  readonly users: readonly NatsUserSettings[];
}

/**
 * Where the server lays down the messages of an atomic batch until it commits them, one folder a stream. Nothing in there has been
 * acknowledged, and a commit copies it to the stream and syncs that: the folders may lie in memory (ADR 0036).
 */
export const stagingFolders = (storeFolder: string): string[] =>
  streamNames.map((stream) => join(storeFolder, 'jetstream', '$G', 'streams', stream, 'batches'));

interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const perStream = (subject: (stream: string) => string): string[] => [...streamNames, compactionStream].map(subject);

/** What it takes to read and follow the log, and nothing that changes it. */
const reading: readonly string[] = [
  ...perStream((stream) => `$JS.API.STREAM.INFO.${stream}`),
  ...perStream((stream) => `$JS.API.STREAM.MSG.GET.${stream}`),
  ...perStream((stream) => `$JS.API.DIRECT.GET.${stream}.>`),
  ...streamNames.map((stream) => `$JS.API.CONSUMER.CREATE.${stream}.>`),
  ...streamNames.map((stream) => `$JS.API.CONSUMER.DELETE.${stream}.*`),
  '$JS.API.INFO',
  '$JS.FC.>',
];

function permissionsOf(user: string): Permissions {
  const own = `${inboxPrefixOf(user)}.>`;
  if (user === 'api-gateway')
    return {
      publish: [...streamNames.map(subjectsOf), '$JS.API.>', '$JS.FC.>', '_INBOX.>'],
      subscribe: [own, 'commands.>'],
    };
  if (user === 'projector')
    return {
      publish: [
        ...reading,
        ...streamNames.map((stream) => `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`),
        compactionSubject('*' as StreamName),
        ...streamNames.map((stream) => `$JS.API.STREAM.PURGE.${stream}`),
      ],
      subscribe: [own],
    };
  return { publish: [...reading, `commands.${user}`], subscribe: [own] };
}

const text = (value: string): string => JSON.stringify(value);
const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;

/**
 * The configuration of a nats-server that keeps the log's promises: durable before it acknowledges, room for the largest object,
 * and only api-gateway appends.
 */
export function renderNatsConfiguration(settings: NatsServerSettings): string {
  const users = settings.users.map(({ name, password }) => {
    const { publish, subscribe } = permissionsOf(name);
    return [
      `    { user: ${text(name)}, password: ${text(password)}, permissions: {`,
      `      publish: { allow: ${list(publish)} }`,
      `      subscribe: { allow: ${list(subscribe)} }`,
      '    } }',
    ].join('\n');
  });
  return [
    '# Written by Shiplog. sync_interval: a change is on disk before anyone is told that it happened.',
    `server_name: ${text(settings.serverName ?? 'shiplog')}`,
    `listen: ${text(`${settings.host ?? '127.0.0.1'}:${settings.port}`)}`,
    'max_payload: 4MB',
    'max_pending: 256MB',
    'jetstream {',
    `  store_dir: ${text(settings.storeFolder)}`,
    '  sync_interval: always',
    '}',
    ...(users.length > 0 ? ['authorization {', '  users: [', ...users, '  ]', '}'] : []),
    '',
  ].join('\n');
}
