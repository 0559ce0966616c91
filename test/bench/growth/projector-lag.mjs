// How far the projector is behind the writers, looked at many times a second.
import { setTimeout as sleep } from 'node:timers/promises';
import { withArchive } from './archive.mjs';
import { lags } from './figures.mjs';

const sampleMs = 50;

/** Looks at log and checkpoint while `work` goes on and until the projector has it all. Resolves with milliseconds since the beginning, lag, and revisions. */
export const lagDuring = (cluster, work, signal) =>
  withArchive(cluster, async ({ log, reader }) => {
    const samples = [];
    const began = performance.now();
    let isOver = false;
    const working = work().finally(() => (isOver = true));
    for (;;) {
      const last = isOver;
      const taken = await reader.position('RESOURCES');
      const written = await log.lastRevision('RESOURCES', signal);
      // What was taken in was asked before what was written: the lag may look longer than it is, and never shorter.
      samples.push({ at: performance.now() - began, taken: Number(taken), written: Number(written) });
      if (last && taken >= written) break;
      await sleep(sampleMs, undefined, { signal });
    }
    await working;
    return lags(samples);
  });
