// What processes have used so far, as the kernel tells it.
import { readFileSync, readdirSync } from 'node:fs';

const millisecondsPerTick = 10;

/** State, parent, … of /proc/<pid>/stat: what follows the name, which may hold spaces. Undefined for one that has gone. */
function statFields(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The process and all that descend from it: PostgreSQL works in children. */
function family(pid) {
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    const parent = /^\d+$/.test(entry) ? statFields(entry)?.[1] : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), entry]);
  }
  const below = (each) => [each, ...(children.get(each) ?? []).flatMap(below)];
  return below(String(pid));
}

const cpuOfAll = (pids) =>
  pids
    .flatMap((each) => statFields(each)?.slice(11, 15) ?? [])
    .reduce((sum, ticks) => sum + Number(ticks) * millisecondsPerTick, 0);

/** Undefined for one that has gone. */
function programOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** User and system time of a process's family so far, its ended children included, in milliseconds. */
export const cpuOf = (pid) => cpuOfAll(family(pid));

/** The same of those of the family that run a program, by its name in /proc/<pid>/comm. */
export const cpuOfProgram = (pid, program) => cpuOfAll(family(pid).filter((each) => programOf(each) === program));

/** CPU of each of the named processes so far, in milliseconds. */
export const cpuByName = (processes) =>
  Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuOf(pid)]));

/** Proportional set size of a process's family in MiB: pages that processes share are counted once. */
export const memoryOf = (pid) =>
  family(pid).reduce((sum, each) => {
    try {
      const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'))?.[1];
      return sum + Number(kilobytes ?? 0) / 1024;
    } catch {
      return sum;
    }
  }, 0);
