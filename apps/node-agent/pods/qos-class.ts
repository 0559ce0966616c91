import type { PodSpec } from '@shiplog/domain';
import { milliOf } from './quantity.js';

/** Guaranteed: limits equal to requests for cpu and memory everywhere; BestEffort: none anywhere; else Burstable. Pure. */
export function qosClassOf(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = [...(spec.initContainers ?? []), ...spec.containers];
  const asked = all.flatMap(({ resources }) =>
    [resources?.requests, resources?.limits].flatMap((list) => compute.filter((name) => milliOf(list?.[name]) > 0)),
  );
  if (asked.length === 0) return 'BestEffort';
  const guaranteed = all.every(({ resources }) =>
    compute.every((name) => {
      const limit = milliOf(resources?.limits?.[name]);
      return limit > 0 && milliOf(resources?.requests?.[name] ?? resources?.limits?.[name]) === limit;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

const compute = ['cpu', 'memory'] as const;
