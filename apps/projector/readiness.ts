import type { HealthCheck } from '@shiplog/component-base';
import type { StreamName } from '@shiplog/domain';
import type { ProjectedLog, Projector } from './projecting/projector.js';

const tolerableLag = 10_000n;

/** One check a stream: it is being followed, and not far behind. */
export const projectorReadiness = (log: ProjectedLog, projector: Projector): HealthCheck[] =>
  projector.streams.map((stream: StreamName) => ({
    name: stream.toLowerCase(),
    async check(signal) {
      const { applied, fault } = projector.progressOf(stream);
      if (fault !== undefined) throw new Error(fault);
      const lag = (await log.lastRevision(stream, signal)) - applied;
      if (lag > tolerableLag) throw new Error(`${lag} revisions behind the log`);
    },
  }));
