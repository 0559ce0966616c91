import { setTimeout as sleep } from 'node:timers/promises';
import { AppendConflict, type Revision } from '@shiplog/domain';
import { nuid, PermissionViolationError } from '@nats-io/nats-core';
import { headerLine } from '../log/header-block.js';
import type { LogMessage } from '../log/stored-event.js';
import type { Answers } from './answers.js';
import type { BatchChoice } from './batch-choice.js';
import { actualSequence, errorCode, readAnswer, type PublishAnswer } from './publish-answer.js';
import type { Reconnects } from './reconnects.js';
import type { WaitingAppend } from './waiting-append.js';

/** Finds the revision of the first event of the append's object after the one it expects, if it is this very append. */
export type FindStored = (append: WaitingAppend) => Promise<Revision | undefined>;

export interface PublishSettings {
  readonly choice: Pick<BatchChoice, 'isBatch' | 'batchTook' | 'publishesTook'>;
  /** How long one attempt waits for the server's answer. */
  readonly answerTimeoutMs: number;
}

const retryPauseMs = 50;

/** Writes groups of appends to the log: few side by side, many as one atomic batch. Retries until a deadline what got no clear answer. */
export class Publisher {
  constructor(
    private readonly publishOnly: (message: LogMessage, moreHeaders: string) => void,
    private readonly answers: Answers,
    private readonly reconnects: Pick<Reconnects, 'isConnected' | 'connected'>,
    private readonly findStored: FindStored,
    private readonly settings: PublishSettings,
  ) {}

  readonly commit = async (group: readonly WaitingAppend[]): Promise<void> => {
    const { choice } = this.settings;
    const started = performance.now();
    if (group.some(({ isAmbiguous }) => isAmbiguous)) await this.publishEach(group);
    else if (!choice.isBatch(group.length)) {
      await this.publishEach(group);
      choice.publishesTook(group.length, performance.now() - started);
    } else if (await this.publishBatch(group)) choice.batchTook(performance.now() - started);
    else await this.publishEach(group);
  };

  private async publishEach(group: readonly WaitingAppend[]): Promise<void> {
    await Promise.all(group.map((append) => this.publish(append)));
  }

  /** One append, until there is an answer or its deadline has passed. The server recognises a repetition by its id. */
  private async publish(append: WaitingAppend): Promise<void> {
    for (;;) {
      if (!this.reconnects.isConnected && !(await this.reach(append))) return;
      const outcome = await this.attempt(append);
      if (append.isSettled || outcome === 'settled') return;
      append.isAmbiguous = true;
      if (Date.now() >= append.deadline) return append.unknown(outcome);
      await sleep(retryPauseMs);
    }
  }

  /** Waits for the server. False: it is out of reach, and the append is told so, as one that never left here or as one whose fate is unknown. */
  private async reach(append: WaitingAppend): Promise<boolean> {
    try {
      await this.reconnects.connected();
      return true;
    } catch (error) {
      if (append.isAmbiguous) append.unknown(error);
      else append.failed(error);
      return false;
    }
  }

  private async attempt(append: WaitingAppend): Promise<unknown> {
    try {
      const timeoutMs = Math.max(1, Math.min(this.settings.answerTimeoutMs, append.deadline - Date.now()));
      const data = await this.answers.to(append.message, timeoutMs);
      return await this.settle(append, readAnswer(data));
    } catch (error) {
      if (!isForbidden(error)) return error;
      append.failed(error);
      return 'settled';
    }
  }

  private async settle(append: WaitingAppend, { seq, error }: PublishAnswer): Promise<unknown> {
    if (!error && seq) append.stored(BigInt(seq));
    else if (
      error?.err_code === errorCode.wrongLastSequence ||
      error?.err_code === errorCode.wrongLastSequenceInBatch
    ) {
      // The server looks at the expected sequence before the id, so a repetition of what it has stored ends here.
      const own = await this.findStored(append);
      if (own !== undefined) append.stored(own);
      else append.failed(new AppendConflict(append.key, append.expected, actualSequence(error.description)));
    } else if (error && error.err_code !== errorCode.duplicateInProgress && error.code < 500)
      append.failed(new Error(`the log refuses ${append.subject}: ${error.description} (${error.err_code})`));
    else return new Error(error?.description ?? 'an answer without a sequence');
    return 'settled';
  }

  /**
   * All or none, with one sync. When the batch fails the server does not say whose fault it is, and after a lost answer not even
   * whether it failed. False: then every append is to go alone, under the same id, and learns its own fate.
   */
  private async publishBatch(group: readonly WaitingAppend[]): Promise<boolean> {
    if (!this.reconnects.isConnected) return false;
    try {
      const { seq, count, error } = await this.sendBatch(group);
      if (!error && seq && count === group.length) {
        const first = BigInt(seq) - BigInt(group.length) + 1n;
        group.forEach((append, i) => append.stored(first + BigInt(i)));
        return true;
      }
      if (!isRefusal(error)) for (const append of group) append.isAmbiguous = true;
    } catch {
      // No answer: publishing each under the same id finds out. What is wrong then shows in its own error.
      for (const append of group) append.isAmbiguous = true;
    }
    return false;
  }

  /** Only the commit needs an answer: the server tells there what became of the messages before it. */
  private async sendBatch(group: readonly WaitingAppend[]): Promise<PublishAnswer> {
    const last = group.length - 1;
    const batchId = headerLine('Nats-Batch-Id', nuid.next());
    let answer: Promise<Uint8Array> | undefined;
    group.forEach(({ message }, i) => {
      const headers = batchId + headerLine('Nats-Batch-Sequence', String(i + 1));
      if (i < last) this.publishOnly(message, headers);
      else answer = this.answers.to(message, this.settings.answerTimeoutMs, headers + commit);
    });
    if (!answer) throw new Error('an empty batch');
    return readAnswer(await answer);
  }
}

const commit = headerLine('Nats-Batch-Commit', '1');

/** The server said no and stored nothing, for certain. */
const isRefusal = (error: PublishAnswer['error']): boolean =>
  error?.err_code === errorCode.wrongLastSequence ||
  error?.err_code === errorCode.wrongLastSequenceInBatch ||
  error?.err_code === errorCode.tooManyBatches ||
  error?.err_code === errorCode.batchTooLarge;

/** The server will never let this user append: trying again is no use. */
const isForbidden = (error: unknown): boolean => error instanceof PermissionViolationError;
