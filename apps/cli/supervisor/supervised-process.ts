import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from '@shiplog/component-base';
import { endProcesses, identityOf, type ProcessIdentity } from './process-identity.js';
import type { ProcessSpec } from './process-spec.js';
import { probeProcess } from './probes.js';
import { countFailures, restartDelayMs } from './restart-delay.js';
import type { ProcessState } from './supervisor-state.js';

const probeEveryMs = 100;
/** A process that is not ready after this long is said to be so, and left to go on. */
const slowAfterMs = 30_000;

/** Keeps one process running until the signal aborts, then ends it. Reports every change of its state. */
export class SupervisedProcess {
  state: ProcessState;
  private child: { process: ChildProcess; identity: ProcessIdentity | undefined; exited: Promise<string> } | undefined;
  private announceReady: () => void = () => undefined;
  /** Resolves when it has been ready for the first time. */
  readonly ready = new Promise<void>((resolve) => (this.announceReady = resolve));

  constructor(
    private readonly spec: ProcessSpec,
    /** Where its output goes, one file a process; undefined: where our own goes. */
    private readonly logFolder: string | undefined,
    private readonly logger: Logger,
    private readonly changed: () => void,
  ) {
    const { name, role, node, probe, metricsPort, stopSignal, graceMs } = spec;
    this.state = {
      ...{ name, role, ...(node === undefined ? {} : { node }), ...(metricsPort === undefined ? {} : { metricsPort }) },
      ...{ phase: 'waiting', restarts: 0, failures: 0, probe, stopSignal, graceMs },
    };
  }

  /** Resolves when the signal has aborted. The process itself lives on until `stop`. */
  async run(after: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([Promise.all(after), aborted]);
    while (!signal.aborted) {
      const startedAt = Date.now();
      const ending = await Promise.race([this.once(signal), aborted]);
      if (signal.aborted || ending === undefined) return;
      const failures = countFailures(this.state.failures, Date.now() - startedAt);
      const delayMs = restartDelayMs(failures);
      this.update({ phase: 'backing-off', failures, message: ending, restarts: this.state.restarts + 1 });
      this.logger.warn({ process: this.spec.name, ending, failures, delayMs }, 'process ended, starts again');
      await Promise.race([sleep(delayMs), aborted]);
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child?.identity && child.process.exitCode === null) {
      this.update({ phase: 'stopping' });
      await endProcesses([child.identity], this.spec.graceMs, this.spec.stopSignal);
      await child.exited;
    }
    this.update({ phase: 'stopped' });
  }

  /** Starts it and waits for its end. Resolves with how it ended. */
  private async once(signal: AbortSignal): Promise<string> {
    this.update({ phase: 'starting', message: undefined, startedAt: new Date().toISOString() });
    const process = this.spawn();
    const exited = ended(process);
    this.child = { process, exited, identity: process.pid === undefined ? undefined : await identityOf(process.pid) };
    this.update({ identity: this.child.identity });
    const over = new AbortController();
    void exited.then(() => over.abort());
    await this.awaitReady(AbortSignal.any([signal, over.signal]));
    return exited;
  }

  private async awaitReady(signal: AbortSignal): Promise<void> {
    const startedAt = Date.now();
    let slow = false;
    while (!signal.aborted) {
      const reason = (await probeProcess(this.spec.probe)) ?? (await this.complete());
      if (signal.aborted) return;
      const ms = Date.now() - startedAt;
      if (reason === undefined) {
        this.update({ phase: 'ready', message: undefined });
        this.logger.info({ process: this.spec.name, pid: this.child?.process.pid, ms }, 'process is ready');
        return this.announceReady();
      }
      if (!slow && ms > slowAfterMs) {
        slow = true;
        this.logger.warn({ process: this.spec.name, reason, ms }, 'process is not ready yet');
      }
      if (reason !== this.state.message) this.update({ message: reason });
      await sleep(slow ? 10 * probeEveryMs : probeEveryMs);
    }
  }

  /** Runs what is to follow its first answer. Resolves with undefined, or with why that failed. */
  private async complete(): Promise<string | undefined> {
    const { onceItAnswers, env } = this.spec;
    if (!onceItAnswers) return undefined;
    try {
      await promisify(execFile)(onceItAnswers.command, onceItAnswers.args, { env: { ...env } });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private spawn(): ChildProcess {
    const log = this.logFolder === undefined ? 2 : openSync(join(this.logFolder, `${this.spec.name}.log`), 'a', 0o600);
    try {
      // A session of its own: Ctrl-C in the terminal is the supervisor's to handle, and a dying supervisor takes none along.
      return spawn(this.spec.command, this.spec.args, {
        env: { ...this.spec.env },
        stdio: ['ignore', log, log],
        detached: true,
      });
    } finally {
      if (log !== 2) closeSync(log);
    }
  }

  private update(change: { [K in keyof ProcessState]?: ProcessState[K] | undefined }): void {
    this.state = { ...this.state, ...change } as ProcessState;
    this.changed();
  }
}

async function ended(process: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(process, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal ? `killed by ${signal}` : `exited with status ${code}`;
  } catch (error) {
    return `could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}
