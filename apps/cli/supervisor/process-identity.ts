import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A pid alone may be another program's tomorrow; with the time at which it started it is this process or none. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot. */
  readonly startTicks: string;
}

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly startTicks: string;
}

async function processStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The name, in parentheses, may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), startTicks: fields[19] ?? '' };
}

export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const found = await processStat(pid);
  return found && { pid, startTicks: found.startTicks };
}

export async function isAlive({ pid, startTicks }: ProcessIdentity): Promise<boolean> {
  const found = await processStat(pid);
  return found !== undefined && found.startTicks === startTicks && found.state !== 'Z' && found.state !== 'X';
}

/** Resident memory in bytes; undefined if the process is gone. */
export async function memoryOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** The processes whose command line satisfies `matches`. */
export async function findProcesses(matches: (args: readonly string[]) => boolean): Promise<ProcessIdentity[]> {
  const found: ProcessIdentity[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const commandLine = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (commandLine === '' || !matches(commandLine.split('\0'))) continue;
    const identity = await identityOf(Number(entry));
    if (identity) found.push(identity);
  }
  return found;
}

/** Everything that descends from these processes, themselves not included. */
export async function descendantsOf(ancestors: readonly ProcessIdentity[]): Promise<ProcessIdentity[]> {
  const children = new Map<number, ProcessIdentity[]>();
  for (const entry of await readdir('/proc')) {
    const found = /^\d+$/.test(entry) ? await processStat(Number(entry)) : undefined;
    if (found)
      children.set(found.parent, [
        ...(children.get(found.parent) ?? []),
        { pid: Number(entry), startTicks: found.startTicks },
      ]);
  }
  const below = (pid: number): ProcessIdentity[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  return ancestors.flatMap(({ pid }) => below(pid));
}

/** Sends the signal if the process is still the one meant. */
export async function signalProcess(process_: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(process_))) return;
  try {
    process.kill(process_.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Asks the processes to end, waits for at most `graceMs`, and kills what is left. Resolves when none is alive. */
export async function endProcesses(
  processes: readonly ProcessIdentity[],
  graceMs: number,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  await Promise.all(processes.map((each) => signalProcess(each, signal)));
  const deadline = Date.now() + graceMs;
  let left = await alive(processes);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(50);
    left = await alive(left);
  }
  while (left.length > 0) {
    await Promise.all(left.map((each) => signalProcess(each, 'SIGKILL')));
    await sleep(20);
    left = await alive(left);
  }
}

async function alive(processes: readonly ProcessIdentity[]): Promise<ProcessIdentity[]> {
  const verdicts = await Promise.all(processes.map(isAlive));
  return processes.filter((_, i) => verdicts[i]);
}
