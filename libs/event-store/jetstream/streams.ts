import type { StreamName } from '@shiplog/domain';
import {
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { subjectsOf } from '../log/subject.js';

export const streamNames: readonly StreamName[] = ['RESOURCES', 'LEASES', 'EVENTS'];

/** Where the compactor says up to which revision a stream has been thinned out; see `follow`. */
export const compactionStream = 'COMPACTION';
export const compactionSubject = (stream: StreamName): string => `compaction.${stream}`;

export interface StreamSettings {
  /** Copies of every message: 1, or 3 for a cluster of servers that replicates before it acknowledges. */
  readonly replicas?: number;
  /** How long core/v1 Events stay in the log at most. The gateway deletes them long before; this bounds what it misses. */
  readonly eventsMaxAgeMs?: number;
}

/**
 * A retried append is recognised this long by its id; afterwards by the revision that it expects. Twice as long as an append is retried, and no
 * longer: the server keeps 150 bytes for each id.
 */
export const duplicateWindowMs = 30_000;
const defaultEventsMaxAgeMs = 24 * 3_600_000;
const jsonBytesLimit = 4 * 1024 * 1024;

type Definition = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

function definitions({ replicas = 1, eventsMaxAgeMs = defaultEventsMaxAgeMs }: StreamSettings): Definition[] {
  const log = (name: StreamName, special: Partial<StreamConfig> = {}): Definition => ({
    name,
    subjects: [subjectsOf(name)],
    description: 'Changes of Kubernetes objects, one message each; the sequence is the resourceVersion.',
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    max_msg_size: jsonBytesLimit,
    duplicate_window: nanos(duplicateWindowMs),
    allow_direct: true,
    allow_atomic: true,
    ...special,
  });
  return [
    log('RESOURCES'),
    log('LEASES', { max_msgs_per_subject: 1 }),
    log('EVENTS', {
      max_age: nanos(eventsMaxAgeMs),
      duplicate_window: nanos(Math.min(duplicateWindowMs, eventsMaxAgeMs)),
    }),
    {
      name: compactionStream,
      subjects: [`${compactionSubject('*' as StreamName)}`],
      description: 'Up to which revision each stream of the log has been thinned out.',
      storage: StorageType.File,
      num_replicas: replicas,
      max_msgs_per_subject: 1,
      allow_direct: true,
    },
  ];
}

/**
 * Creates the streams or brings them to these settings, and reads back what the server made of it. Idempotent, and safe to run in
 * several processes at once. @throws if the server has dropped a feature that the log rests on.
 */
export async function ensureStreams(manager: JetStreamManager, settings: StreamSettings = {}): Promise<void> {
  for (const definition of definitions(settings)) {
    const { config } = await manager.streams.add(definition).catch((error: unknown) => {
      if (!(error instanceof JetStreamApiError) || error.code !== streamNameInUse) throw error;
      return manager.streams.update(definition.name, definition);
    });
    const lost = lostFeatures(definition, config);
    if (lost.length > 0)
      throw new Error(
        `stream ${definition.name}: the NATS server ignores ${lost.join(', ')}; Shiplog needs nats-server 2.12 or newer with JetStream`,
      );
  }
}

const streamNameInUse = 10058;

function lostFeatures(wanted: Definition, got: StreamConfig): string[] {
  const checked = [
    'allow_direct',
    'allow_atomic',
    'max_msgs_per_subject',
    'max_age',
    'storage',
    'num_replicas',
  ] as const;
  return checked.filter((field) => wanted[field] !== undefined && wanted[field] !== got[field]);
}
