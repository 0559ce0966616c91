import type { PodSpec } from '../../../api/generated/types.js';
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../../../api/quantity.js';

type Totals = Map<string, Quantity>;

function add(totals: Totals, list: Record<string, string> | undefined): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text);
    const sum = totals.get(name);
    if (quantity) totals.set(name, sum ? addQuantities(sum, quantity) : quantity);
  }
}

function raise(totals: Totals, others: Totals): void {
  for (const [name, quantity] of others) {
    const known = totals.get(name);
    if (!known || compareQuantities(quantity, known) > 0) totals.set(name, quantity);
  }
}

/**
 * What all containers ask for together: the sum of those that run side by side, or more if an init container needs more while the
 * sidecars started before it run (KEP-753).
 */
export function containerTotals(spec: PodSpec, field: 'requests' | 'limits'): Totals {
  const sidecars: Totals = new Map();
  const peak: Totals = new Map();
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    if (restartPolicy === 'Always') {
      add(sidecars, resources?.[field]);
      raise(peak, sidecars);
      continue;
    }
    const during: Totals = new Map(sidecars);
    add(during, resources?.[field]);
    raise(peak, during);
  }
  const total: Totals = new Map(sidecars);
  for (const { resources } of spec.containers ?? []) add(total, resources?.[field]);
  raise(total, peak);
  return total;
}
