import type { PodSpec } from '../../../api/generated/types.js';
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  printQuantity,
  type Quantity,
} from '../../../api/quantity.js';
import { isHugePages } from '../pod-spec/resources.validation.js';

type Amounts = Map<string, Quantity>;

function add(amounts: Amounts, list: Record<string, string> | undefined): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text);
    const sum = amounts.get(name);
    if (quantity) amounts.set(name, sum ? addQuantities(sum, quantity) : quantity);
  }
}

function raise(amounts: Amounts, others: Amounts): void {
  for (const [name, quantity] of others) {
    const known = amounts.get(name);
    if (!known || compareQuantities(quantity, known) > 0) amounts.set(name, quantity);
  }
}

/**
 * What all containers ask for together: the sum of those that run side by side, or more if an init container needs more while the
 * sidecars started before it run (KEP-753).
 */
export function aggregate(spec: PodSpec, field: 'requests' | 'limits'): Amounts {
  const sidecars: Amounts = new Map();
  const peak: Amounts = new Map();
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    if (restartPolicy === 'Always') {
      add(sidecars, resources?.[field]);
      raise(peak, sidecars);
      continue;
    }
    const during: Amounts = new Map(sidecars);
    add(during, resources?.[field]);
    raise(peak, during);
  }
  const total: Amounts = new Map(sidecars);
  for (const { resources } of spec.containers ?? []) add(total, resources?.[field]);
  raise(total, peak);
  return total;
}

const belongsToPod = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name);

/** Requests and huge-page limits that a pod states for itself follow from its containers where it leaves them out (KEP-2837). */
export function defaultPodResources(spec: PodSpec): void {
  const own = spec.resources;
  if (!own) return;
  if (Object.keys(own.limits ?? {}).length > 0 || Object.keys(own.requests ?? {}).length > 0) {
    for (const [name, quantity] of aggregate(spec, 'limits')) {
      if (isHugePages(name) && own.requests?.[name] === undefined && own.limits?.[name] === undefined)
        own.limits = { ...own.limits, [name]: printQuantity(quantity) };
    }
  }
  const limits = Object.entries(own.limits ?? {});
  if (limits.length === 0) return;
  const fromContainers = [...aggregate(spec, 'requests')]
    .filter(([name]) => belongsToPod(name) && !isHugePages(name))
    .map(([name, quantity]) => [name, printQuantity(quantity)]);
  const requests: Record<string, string> = {
    ...Object.fromEntries(limits.filter(([name]) => belongsToPod(name))),
    ...(Object.fromEntries(fromContainers) as Record<string, string>),
    ...own.requests,
  };
  if (Object.keys(requests).length > 0) own.requests = requests;
}
