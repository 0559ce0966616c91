import { isDeepStrictEqual } from 'node:util';
import type { Cause } from '@shiplog/client';
import { hasReason, type PodStatus } from '@shiplog/domain';
import type { StoredPod } from './pod.js';
import { pause } from '../node/every.js';
import type { PodHost } from './pod-host.js';

const retryDelay = 1_000;
const longestRetryDelay = 15_000;
const lastsMilliseconds = 250;

/** Fields that a patch has to name with null once they are no longer there. */
const optionalFields = ['reason', 'message', 'podIP', 'podIPs', 'initContainerStatuses', 'resize'] as const;

/** Brings one pod's status to the API: only the latest, only if it differs from what is there, again and again until it is. */
export class StatusWriter {
  private wanted: PodStatus | undefined;
  /** What was written last and what the API made of it: it may say the same in other words. */
  private written: { readonly wanted: PodStatus; readonly answer: PodStatus } | undefined;
  private writing: Promise<void> | undefined;
  private lasting: NodeJS.Timeout | undefined;
  private readonly stopped = new AbortController();

  constructor(
    private readonly host: PodHost,
    private pod: StoredPod,
    public cause: Cause,
  ) {}

  /** The status last asked for. */
  get latest(): PodStatus | undefined {
    return this.wanted && withForeignConditions(this.wanted, this.pod.status);
  }

  follow(pod: StoredPod, cause: Cause): void {
    this.pod = pod;
    this.cause = cause;
  }

  write(status: PodStatus): void {
    this.wanted = status;
    this.begin();
  }

  /** For a status that is about to change: it is written only if it still holds after a moment. One write less for each quick start. */
  writeIfItLasts(status: PodStatus): void {
    this.wanted = status;
    if (!this.writing) this.lasting ??= setTimeout(() => this.begin(), lastsMilliseconds);
  }

  /** Resolves when the API has the latest status. */
  async flush(signal: AbortSignal): Promise<void> {
    this.begin();
    while (this.writing && !signal.aborted) await this.writing;
  }

  close(): void {
    this.stopped.abort();
    this.endWaiting();
  }

  private begin(): void {
    this.endWaiting();
    if (!this.writing && !this.isWritten() && !this.stopped.signal.aborted)
      this.writing = this.writeUntilDone().finally(() => (this.writing = undefined));
  }

  private endWaiting(): void {
    clearTimeout(this.lasting);
    this.lasting = undefined;
  }

  private isWritten(): boolean {
    const { wanted, written } = this;
    if (wanted === undefined) return true;
    const there = this.pod.status ?? {};
    const isAnswered =
      isDeepStrictEqual(wanted, written?.wanted) &&
      (there === written?.answer || isDeepStrictEqual(plain(there), plain(written?.answer)));
    return isAnswered || isUpToDate(wanted, there);
  }

  private async writeUntilDone(): Promise<void> {
    let failures = 0;
    while (!this.isWritten() && !this.stopped.signal.aborted) {
      try {
        await this.writeOnce();
        failures = 0;
      } catch (error) {
        if (hasReason(error, 'NotFound') || hasReason(error, 'Invalid') || hasReason(error, 'Conflict')) {
          if (!hasReason(error, 'NotFound'))
            this.host.log.warn({ pod: this.pod.metadata.name, err: error }, 'pod status refused');
          return;
        }
        failures += 1;
        await pause(Math.min(retryDelay * 2 ** (failures - 1), longestRetryDelay), this.stopped.signal);
      }
    }
  }

  private async writeOnce(): Promise<void> {
    const { name, namespace, uid } = this.pod.metadata;
    const wanted = this.wanted ?? {};
    const before = this.pod.status ?? {};
    const patch = { metadata: { uid }, status: statusPatch(wanted, before) };
    const ref = { group: '', version: 'v1', plural: 'pods', namespace, name, subresource: 'status' };
    const written = await this.host.api.patch<StoredPod>(ref, 'strategic', patch, { cause: this.cause });
    this.written = { wanted, answer: written.status ?? {} };
    this.pod = { ...this.pod, status: written.status };
  }
}

/**
 * The strategic merge patch that makes the status be as wanted: what is no longer there has to be named with null, and lists that are
 * merged by key, where keys go, have to be replaced. Pure.
 */
export function statusPatch(wanted: PodStatus, before: PodStatus): Record<string, unknown> {
  const removed = optionalFields.filter((field) => field in before && wanted[field] === undefined);
  const conditions = (wanted.conditions ?? []).map((condition) => {
    const known = before.conditions?.find(({ type }) => type === condition.type);
    const gone = (['reason', 'message'] as const).filter(
      (field) => known?.[field] !== undefined && condition[field] === undefined,
    );
    return { ...condition, ...Object.fromEntries(gone.map((field) => [field, null])) };
  });
  const replaced = (['podIPs', 'hostIPs'] as const).filter(
    (field) =>
      wanted[field] !== undefined && before[field] !== undefined && !isDeepStrictEqual(wanted[field], before[field]),
  );
  return {
    ...wanted,
    ...Object.fromEntries(removed.map((field) => [field, null])),
    ...(wanted.conditions ? { conditions } : {}),
    ...Object.fromEntries(replaced.map((field) => [field, [...(wanted[field] ?? []), { $patch: 'replace' }]])),
  };
}

/** Whether the API's status says all that we have to say. Pure. */
export function isUpToDate(wanted: PodStatus, there: PodStatus): boolean {
  const { conditions = [], ...rest } = plain(wanted);
  const { conditions: known = [], ...others } = plain(there);
  const same = Object.entries(rest).every(([field, value]) =>
    isDeepStrictEqual(value, (others as Record<string, unknown>)[field]),
  );
  const gone = optionalFields.some((field) => field in others && !(field in rest));
  return same && !gone && conditions.every((condition) => known.some((other) => sameCondition(condition, other)));
}

const sameCondition = (a: object, b: object): boolean => isDeepStrictEqual(withoutProbeTime(a), withoutProbeTime(b));
const withoutProbeTime = ({ lastProbeTime, ...rest }: { lastProbeTime?: unknown }): object => rest;

/** Without undefined fields, as it comes back from the API. */
const plain = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));

function withForeignConditions(ours: PodStatus, there: PodStatus | undefined): PodStatus {
  const foreign = (there?.conditions ?? []).filter(({ type }) => !ours.conditions?.some((own) => own.type === type));
  return { ...ours, conditions: [...(ours.conditions ?? []), ...foreign] };
}
