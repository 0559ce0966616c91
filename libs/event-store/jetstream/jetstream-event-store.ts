import {
  type EventStore,
  type NewResourceEvent,
  type ObjectKey,
  type Revision,
  type StreamName,
} from '@shiplog/domain';
import {
  JetStreamApiError,
  jetstreamManager,
  type ApiError,
  type JetStreamManager,
  type StoredMsg,
  type StreamState,
} from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { readEventHeaders } from '../log/event-headers.js';
import { blockOf, laidOut, readBlock, readHeaders } from '../log/header-block.js';
import { toEvent, toMessage, type StoredEvent } from '../log/stored-event.js';
import { subjectOf } from '../log/subject.js';
import type { Sealer } from '../sealing/sealer.js';
import { Answers } from './answers.js';
import { alwaysFrom, BatchChoice } from './batch-choice.js';
import type { CompactableLog } from './compactable-log.js';
import { Coalesced } from './coalesced.js';
import { measuredCommit } from './commit-metrics.js';
import type { FeedSource } from './feed.js';
import { follow } from './follow.js';
import { GroupCommit } from './group-commit.js';
import { OwnEvents } from './own-events.js';
import { readAnswer } from './publish-answer.js';
import { Publisher } from './publisher.js';
import { PulledFeed } from './pulled-feed.js';
import { PushedFeed } from './pushed-feed.js';
import { Reconnects, type OnConnection } from './reconnects.js';
import { compactionStream, compactionSubject, streamNames } from './streams.js';
import { WaitingAppend } from './waiting-append.js';

export interface JetStreamEventStoreOptions {
  readonly sealer: Sealer;
  readonly inboxPrefix?: string;
  /** Told of every fault that is being retried. */
  readonly onFault?: (error: unknown) => void;
  readonly onConnection?: OnConnection;
  /** How long an append may stay without a clear answer before it is given up as AppendUnknown. */
  readonly appendTimeoutMs?: number;
  /** How many appends make an atomic batch; fewer are published side by side. Default: what has been faster lately. */
  readonly batchFrom?: number;
  readonly commitsInFlight?: number;
  /** Events are asked for when they are taken instead of being sent as they happen: for who takes them in sets, now and then. */
  readonly pulls?: boolean;
}

const answerTimeoutMs = 5_000;
/** Measured: see docs/benchmarks.md. */
const defaultCommitsInFlight = 2;
const messageNotFound = 10037;
/** Of NATS' JetStream API; the name of the stream comes behind it. */
const streamInfo = '$JS.API.STREAM.INFO.';

interface StreamInfoAnswer {
  readonly state?: StreamState;
  readonly error?: ApiError;
}

/** The log on NATS JetStream. Create with `connectEventStore`. */
export class JetStreamEventStore implements EventStore, CompactableLog {
  private readonly commits: ReadonlyMap<StreamName, GroupCommit>;
  private readonly lastRevisions: ReadonlyMap<StreamName, Coalesced<Revision>>;
  private readonly reconnects: Reconnects;
  private readonly answers: Answers;
  private readonly identities = new Map<StreamName, string>();
  private readonly ownEvents = new OwnEvents();
  private readonly onFault: (error: unknown) => void;

  private constructor(
    readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
    private readonly options: JetStreamEventStoreOptions,
  ) {
    this.onFault = options.onFault ?? (() => undefined);
    this.reconnects = new Reconnects(connection, options.onConnection);
    this.reconnects.listenedBy(() => this.identities.clear());
    this.answers = new Answers(connection, this.reconnects, options.inboxPrefix);
    const publisher = new Publisher(
      ({ subject, headers, body }, more) => connection.publish(subject, body, { headers: laidOut(headers, more) }),
      this.answers,
      this.reconnects,
      (append) => this.findStored(append),
      {
        choice: options.batchFrom === undefined ? new BatchChoice() : alwaysFrom(options.batchFrom),
        answerTimeoutMs,
      },
    );
    const maxBytes = (connection.info?.max_payload ?? 1 << 20) - (64 << 10);
    const limits = { maxMessages: 1_000, maxBytes, maxInFlight: options.commitsInFlight ?? defaultCommitsInFlight };
    this.commits = new Map(
      streamNames.map((name) => [name, new GroupCommit(measuredCommit(name, publisher.commit), limits)]),
    );
    this.lastRevisions = new Map(streamNames.map((name) => [name, new Coalesced(() => this.askLastRevision(name))]));
  }

  static async on(connection: NatsConnection, options: JetStreamEventStoreOptions): Promise<JetStreamEventStore> {
    const manager = await jetstreamManager(connection, { timeout: answerTimeoutMs, checkAPI: false });
    return new JetStreamEventStore(connection, manager, options);
  }

  append(event: NewResourceEvent, expected: Revision, signal?: AbortSignal): Promise<Revision> {
    if (!this.reconnects.isConnected) return this.appendOnceConnected(event, expected, signal);
    const { key, context } = event;
    const message = toMessage(event, expected, this.options.sealer);
    const deadline = Date.now() + (this.options.appendTimeoutMs ?? 15_000);
    const { promise, resolve, reject } = Promise.withResolvers<Revision>();
    const append = new WaitingAppend(key, context.id, message, expected, deadline, resolve, (error) => {
      this.ownEvents.forget(context.id);
      reject(error);
    });
    this.ownEvents.add(event, message);
    if (signal?.aborted) append.failed(signal.reason);
    else one(this.commits, key.stream).add(append);
    if (!signal) return promise;
    const giveUp = (): void => append.unknown(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', giveUp));
  }

  follow(stream: StreamName, after: Revision, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
    const { inboxPrefix, pulls } = this.options;
    const feeds = pulls ? PulledFeed : PushedFeed;
    const { connection, manager } = this;
    const source: FeedSource = {
      ...{ connection, manager, stream, inboxPrefix },
      read: (message, revision) => this.received(message, revision),
    };
    return follow(
      {
        reachable: () => this.reconnects.found(signal),
        open: (from) => feeds.open(source, from),
        extent: async () => ({
          last: BigInt((await this.state(stream)).last_seq),
          compacted: await this.compactedUpTo(stream),
        }),
        onReconnect: (callback) => this.reconnects.listenedBy(callback),
        onFault: this.onFault,
      },
      stream,
      after,
      signal,
    );
  }

  lastRevision(stream: StreamName, signal?: AbortSignal): Promise<Revision> {
    const answer = one(this.lastRevisions, stream).ask();
    return signal ? abortable(answer, signal) : answer;
  }

  async last(key: ObjectKey, signal?: AbortSignal): Promise<StoredEvent | undefined> {
    const asked = this.message(key.stream, { last_by_subj: subjectOf(key) });
    const message = await (signal ? abortable(asked, signal) : asked);
    return message && this.eventOf(message);
  }

  /** The revision up to which superseded events may be missing from the stream. */
  async compactedUpTo(stream: StreamName): Promise<Revision> {
    const marker = await this.message(compactionStream, { last_by_subj: compactionSubject(stream) });
    return marker ? BigInt(marker.string()) : 0n;
  }

  async announceCompaction(stream: StreamName, upTo: Revision): Promise<void> {
    if ((await this.compactedUpTo(stream)) >= upTo) return;
    await this.manager.jetstream().publish(compactionSubject(stream), upTo.toString());
  }

  async dropBefore(key: ObjectKey, before: Revision): Promise<number> {
    const { purged } = await this.manager.streams.purge(key.stream, { filter: subjectOf(key), seq: Number(before) });
    return purged;
  }

  /** Tells one log from another: a stream that was made anew counts from 1 again. */
  async identity(stream: StreamName): Promise<string> {
    const known = this.identities.get(stream) ?? (await this.manager.streams.info(stream)).created;
    this.identities.set(stream, known);
    return known;
  }

  /** Resolves while the server answers questions about the log. */
  async ping(): Promise<void> {
    await this.askLastRevision('RESOURCES');
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** Nothing of it is written if there is no connection in time. */
  private async appendOnceConnected(
    event: NewResourceEvent,
    expected: Revision,
    signal: AbortSignal | undefined,
  ): Promise<Revision> {
    const connected = this.reconnects.connected();
    await (signal ? abortable(connected, signal) : connected);
    return this.append(event, expected, signal);
  }

  /**
   * The last event that there is to see. Where all have aged away it is none: who waited for a sequence that nobody can be shown any
   * more would wait for ever.
   */
  private async askLastRevision(stream: StreamName): Promise<Revision> {
    const { messages, last_seq } = await this.state(stream);
    return messages === 0 ? 0n : BigInt(last_seq);
  }

  /** Of the stream's leader: a replica may be behind. Every read of the present asks this, and the client's manager makes an error with its stack for each question. */
  private async state(stream: StreamName): Promise<StreamState> {
    const answer = await this.reconnects.answered(() => this.answers.ask(streamInfo + stream, answerTimeoutMs));
    const { state, error } = readAnswer<StreamInfoAnswer>(answer);
    if (error) throw new JetStreamApiError(error);
    if (!state) throw new Error(`${stream}: an answer without a state`);
    return state;
  }

  private received(message: Msg, revision: Revision): StoredEvent {
    const { subject, data } = message;
    const block = blockOf(message);
    const own = block && this.ownEvents.take({ subject, block, body: data });
    if (own) return { ...own, revision };
    const headers = block ? readBlock(block) : readHeaders(message.headers ?? []);
    return toEvent(subject, revision, headers, data, this.options.sealer);
  }

  private async findStored({ key, subject, expected, id }: WaitingAppend): Promise<Revision | undefined> {
    const message = await this.message(key.stream, { seq: Number(expected + 1n), next_by_subj: subject });
    if (!message) return undefined;
    return readEventHeaders(readHeaders(message.header)).context.id === id ? BigInt(message.seq) : undefined;
  }

  private async message(
    stream: string,
    query: { last_by_subj: string } | { seq: number; next_by_subj: string },
  ): Promise<StoredMsg | undefined> {
    try {
      return (await this.reconnects.answerTo(() => this.manager.streams.getMessage(stream, query))) ?? undefined;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === messageNotFound) return undefined;
      throw error;
    }
  }

  private eventOf({ subject, seq, header, data }: StoredMsg): StoredEvent {
    return toEvent(subject, BigInt(seq), readHeaders(header), data, this.options.sealer);
  }
}

function one<V>(values: ReadonlyMap<StreamName, V>, stream: StreamName): V {
  const value = values.get(stream);
  if (value === undefined) throw new Error(`no stream ${stream}`);
  return value;
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
