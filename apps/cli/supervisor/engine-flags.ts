import type { NatsUser } from '../cluster/cluster-settings.js';

/** Code that has not run for six full collections would be thrown away, and compiled anew when it is asked for again (ADR 0109). */
const keepsCode = '--no-flush-bytecode';

/** A request runs through a thousand small functions once each, so that V8's own counts are reached after ten thousand requests only (ADR 0110). */
const compilesSooner = [
  '--invocation-count-for-maglev=100',
  '--invocation-count-for-turbofan=600',
  '--minimum-invocations-after-ic-update=100',
];

/** MiB of each of the two halves in which V8 makes new objects, by default up to 64; of what they once took nothing is given back (ADR 0096, 0112). */
const newObjects = (mebibytes: number): string => `--max-semi-space-size=${mebibytes}`;

/**
 * All of that room from the start, and a full collection when old objects take three times what the last one left: V8 by itself takes a heap as small as ours for
 * nearly full all the time (ADR 0114).
 */
const collectsLate = (mebibytes: number): string[] => [
  newObjects(mebibytes),
  `--min-semi-space-size=${mebibytes}`,
  '--heap-growing-percent=200',
];

/** What was measured to cost or to save something where it is set. */
const flags: Partial<Record<NatsUser, readonly string[]>> = {
  'api-gateway': [...collectsLate(32), keepsCode, ...compilesSooner],
  projector: [newObjects(8), keepsCode, ...compilesSooner],
};

/** How V8 runs one of Shiplog's processes: flags for Node.js. */
export const engineFlags = (name: NatsUser): readonly string[] => flags[name] ?? [];
