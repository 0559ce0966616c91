import type { PodSpec } from '../../../api/generated/types.js';
import { printQuantity } from '../../../api/quantity.js';
import { containerTotals } from '../pod-spec/container-totals.js';
import { isHugePages } from '../pod-spec/resources.validation.js';

const belongsToPod = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name);

/** Requests and huge-page limits that a pod states for itself follow from its containers where it leaves them out (KEP-2837). */
export function defaultPodResources(spec: PodSpec): void {
  const own = spec.resources;
  if (!own) return;
  if (Object.keys(own.limits ?? {}).length > 0 || Object.keys(own.requests ?? {}).length > 0) {
    for (const [name, quantity] of containerTotals(spec, 'limits')) {
      if (isHugePages(name) && own.requests?.[name] === undefined && own.limits?.[name] === undefined)
        own.limits = { ...own.limits, [name]: printQuantity(quantity) };
    }
  }
  const limits = Object.entries(own.limits ?? {});
  if (limits.length === 0) return;
  const fromContainers = [...containerTotals(spec, 'requests')]
    .filter(([name]) => belongsToPod(name) && !isHugePages(name))
    .map(([name, quantity]) => [name, printQuantity(quantity)]);
  const requests: Record<string, string> = {
    ...Object.fromEntries(limits.filter(([name]) => belongsToPod(name))),
    ...(Object.fromEntries(fromContainers) as Record<string, string>),
    ...own.requests,
  };
  if (Object.keys(requests).length > 0) own.requests = requests;
}
