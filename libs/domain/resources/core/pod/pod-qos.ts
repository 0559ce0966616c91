import type { PodSpec, ResourceRequirements } from '../../../api/generated/types.js';
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../../../api/quantity.js';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;

/** Whether limits cover all requests (Guaranteed), some resources are asked for (Burstable), or none (BestEffort). */
export function qosClassOf(spec: PodSpec): QosClass {
  const parts: readonly ResourceRequirements[] = spec.resources
    ? [spec.resources]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ resources }) => resources ?? {});
  const positive = (list: Record<string, string> | undefined, name: string): Quantity | undefined => {
    const quantity = list?.[name] === undefined ? undefined : parseQuantity(list[name]);
    return quantity && quantity.nano > 0n ? quantity : undefined;
  };
  const sum = (field: 'requests' | 'limits', name: string): Quantity | undefined =>
    parts
      .map((part) => positive(part[field], name))
      .reduce((a, b) => (a && b ? addQuantities(a, b) : (a ?? b)), undefined);
  const totals = counted.map((name) => ({ request: sum('requests', name), limit: sum('limits', name) }));
  if (totals.every(({ request, limit }) => !request && !limit)) return 'BestEffort';
  const allLimited = parts.every((part) => counted.every((name) => positive(part.limits, name)));
  const covered = totals.every(({ request, limit }) => request && limit && compareQuantities(request, limit) === 0);
  return allLimited && covered ? 'Guaranteed' : 'Burstable';
}
