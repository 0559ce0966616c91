import { setTimeout as sleep } from 'node:timers/promises';
import { hasReason, type KubeObject } from '@shiplog/domain';
import type { ApiClient, ObjectRef } from '../api-client.js';

export interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

export type LeaseObject = KubeObject & { spec?: LeaseSpec };

export interface LeaderElectionOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly name: string;
  /** Who this process is; unique among the candidates. */
  readonly identity: string;
  readonly leaseSeconds?: number;
  readonly retryMs?: number;
  readonly now?: () => Date;
  readonly onChange?: (state: 'leading' | 'lost') => void;
  readonly onFault?: (error: unknown) => void;
}

/** A lease as one candidate saw it, and when by its own clock: clocks of others are not trusted. */
export interface ObservedLease {
  readonly renewTime: string | undefined;
  readonly holder: string;
  readonly at: number;
}

/** Whether the lease may be taken: nobody's, ours, or not renewed for its duration since we first saw it so. Pure. */
export const mayTake = (seen: ObservedLease, identity: string, leaseSeconds: number, now: number): boolean =>
  seen.holder === '' || seen.holder === identity || now - seen.at > leaseSeconds * 1000;

const microTime = (now: Date): string => `${now.toISOString().slice(0, -1)}000Z`;

/** The lease as `identity` holds it from now on. Pure. */
export function heldLease(current: LeaseSpec, identity: string, leaseSeconds: number, now: Date): LeaseSpec {
  const renewTime = microTime(now);
  const common = { ...current, holderIdentity: identity, leaseDurationSeconds: leaseSeconds, renewTime };
  if (current.holderIdentity === identity) return common;
  return { ...common, acquireTime: renewTime, leaseTransitions: (current.leaseTransitions ?? -1) + 1 };
}

/**
 * Runs `lead` while this process holds the Lease, and only then: its signal aborts when the Lease could not be renewed in time.
 * Starts over until `signal` aborts; then gives the Lease back.
 */
export async function runWhileLeading(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { retryMs = 2_000 } = options;
  const candidate = new Candidate(options);
  while (!signal.aborted) {
    if (!(await candidate.tryHold(signal))) {
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      continue;
    }
    options.onChange?.('leading');
    const term = new AbortController();
    const ended = AbortSignal.any([signal, term.signal]);
    const work = lead(ended).catch((error: unknown) => {
      if (!ended.aborted) throw error;
    });
    try {
      // What goes wrong while leading is the caller's to know; what is broken off because the term ends is not.
      await Promise.race([work, candidate.keep(retryMs, ended)]);
    } finally {
      term.abort(new Error(`lost the lease ${options.namespace}/${options.name}`));
      options.onChange?.('lost');
      await work.catch(() => undefined);
      await candidate.release();
    }
  }
}

class Candidate {
  private seen: ObservedLease | undefined;
  private held: LeaseObject | undefined;
  private renewedAt = 0;
  private readonly ref: ObjectRef;
  private readonly leaseSeconds: number;

  constructor(private readonly options: LeaderElectionOptions) {
    this.ref = {
      group: 'coordination.k8s.io',
      version: 'v1',
      plural: 'leases',
      namespace: options.namespace,
      name: options.name,
    };
    this.leaseSeconds = options.leaseSeconds ?? 15;
  }

  private now(): Date {
    return this.options.now?.() ?? new Date();
  }

  /** Takes or renews the lease; false if somebody else has it or it cannot be known. */
  async tryHold(signal: AbortSignal): Promise<boolean> {
    try {
      const current = await this.read(signal);
      const spec = current?.spec ?? {};
      const holder = spec.holderIdentity ?? '';
      if (this.seen?.renewTime !== spec.renewTime || this.seen?.holder !== holder)
        this.seen = { renewTime: spec.renewTime, holder, at: this.now().getTime() };
      if (current && !mayTake(this.seen, this.options.identity, this.leaseSeconds, this.now().getTime())) return false;
      this.held = await this.write(
        current,
        heldLease(spec, this.options.identity, this.leaseSeconds, this.now()),
        signal,
      );
      this.renewedAt = this.now().getTime();
      return true;
    } catch (error) {
      // Not to know is not to hold: the next try decides, and `keep` lets go in time.
      if (!signal.aborted) this.options.onFault?.(error);
      return false;
    }
  }

  /** Renews until that has failed for two thirds of the lease, or the signal aborts. */
  async keep(retryMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.now().getTime() - this.renewedAt < (this.leaseSeconds * 1000 * 2) / 3) {
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.tryHold(AbortSignal.timeout(retryMs * 2));
    }
  }

  /** Lets others take over at once; if that fails they wait the lease out. */
  async release(): Promise<void> {
    const held = this.held;
    this.held = undefined;
    if (held?.spec?.holderIdentity !== this.options.identity) return;
    const spec = { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1 };
    await this.write(held, spec, AbortSignal.timeout(2_000)).catch(() => undefined);
  }

  private async read(signal: AbortSignal): Promise<LeaseObject | undefined> {
    try {
      return await this.options.client.get<LeaseObject>(this.ref, signal);
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  private write(current: LeaseObject | undefined, spec: LeaseSpec, signal: AbortSignal): Promise<LeaseObject> {
    const { client, namespace, name } = this.options;
    if (current) return client.update<LeaseObject>(this.ref, { ...current, spec }, { signal });
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name }, spec };
    return client.create<LeaseObject>({ ...this.ref, name: undefined }, lease, { signal });
  }
}
