import type { Timetable } from './timetable.js';

/**
 * Acts at once and then every `period` milliseconds until aborted; sooner after a failure, and never twice at a time. Never throws.
 */
export type Every = (
  period: number,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
  act: () => Promise<void>,
) => Promise<void>;

/** A period begins when `act` does. */
export const every: Every = (period, signal, onFailure, act) =>
  repeat(act, onFailure, signal, (startedAt) => startedAt + period, pause, Date.now);

/**
 * Acts on the grid of times that `phase` of a period (0 up to 1) shifts: who shares a process has a phase of his own, so that what
 * all of them do is spread evenly over time.
 */
export const everyInPhase =
  (timetable: Timetable, phase: number): Every =>
  (period, signal, onFailure, act) =>
    repeat(
      act,
      onFailure,
      signal,
      (startedAt) => nextOnGrid(startedAt, period, phase),
      (milliseconds, stop) => pauseIn(timetable, milliseconds, stop),
      () => timetable.now(),
    );

/** The first time of the grid that is later. Times are whole milliseconds. Pure. */
export function nextOnGrid(after: number, period: number, phase: number): number {
  const shift = Math.round(phase * period);
  return (Math.floor((after - shift) / period) + 1) * period + shift;
}

async function repeat(
  act: () => Promise<void>,
  onFailure: (error: unknown) => void,
  signal: AbortSignal,
  next: (startedAt: number) => number,
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void>,
  now: () => number,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = now();
    try {
      await act();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      onFailure(error);
    }
    const regular = next(startedAt);
    const delay = failures === 0 ? regular - now() : Math.min(250 * 2 ** failures, regular - startedAt);
    await wait(Math.max(delay, 0), signal);
  }
}

/** Resolves after the time, or at once when aborted. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  waiting(signal, (end) => {
    const timer = setTimeout(end, milliseconds);
    return () => clearTimeout(timer);
  });

const pauseIn = (timetable: Timetable, milliseconds: number, signal: AbortSignal): Promise<void> =>
  waiting(signal, (end) => timetable.after(milliseconds, end));

const waiting = (signal: AbortSignal, start: (end: () => void) => () => void): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = start(end);
    signal.addEventListener('abort', end, { once: true });
  });
