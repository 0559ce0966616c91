import { milliUnitsOf, parseQuantity, unitsOf, type Pod } from '@shiplog/domain';

/** Amounts by resource name: cpu in thousandths, all else in whole units. */
export type Resources = Map<string, number>;

type Quantities = Readonly<Record<string, string | number>> | undefined;

const parsed = new Map<string, number>();
const maxParsed = 10_000;

/** The amount of a quantity text; 0 for what is none. Remembers texts: the same few are all over a cluster. */
export function amountOf(resource: string, text: string | number): number {
  const key = `${resource === 'cpu' ? 'm' : 'u'}${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const quantity = parseQuantity(text);
  const amount = quantity === undefined ? 0 : Number(resource === 'cpu' ? milliUnitsOf(quantity) : unitsOf(quantity));
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(key, amount);
  return amount;
}

export function resourcesOf(quantities: Quantities): Resources {
  const resources: Resources = new Map();
  for (const name in quantities) resources.set(name, amountOf(name, quantities[name] ?? 0));
  return resources;
}

/** What a pod without a request is taken to need when nodes are compared (never when it must fit). */
const assumed: readonly (readonly [string, number])[] = [
  ['cpu', 100],
  ['memory', 200 * 1024 * 1024],
];

const add = (to: Resources, from: Resources): void => {
  for (const [name, amount] of from) to.set(name, (to.get(name) ?? 0) + amount);
};
const raise = (to: Resources, from: Resources): void => {
  for (const [name, amount] of from) if (amount > (to.get(name) ?? 0)) to.set(name, amount);
};

type Requests = (container: { resources?: { requests?: Record<string, string> } }) => Resources;

/**
 * What the pod asks of a node: its containers and sidecars together, or its largest init container beside the sidecars started before it, whichever
 * is more; pod-level requests replace both; overhead comes on top. Pure.
 */
export const podRequests = (pod: Pod): Resources =>
  totalRequests(pod, ({ resources }) => resourcesOf(resources?.requests));

/** The same with an assumption for containers that ask for no cpu or memory, so that they spread too. */
export const assumedRequests = (pod: Pod): Resources =>
  totalRequests(pod, ({ resources }) => {
    const requests = resourcesOf(resources?.requests);
    for (const [name, amount] of assumed) if (!requests.has(name)) requests.set(name, amount);
    return requests;
  });

function totalRequests({ spec }: Pod, requestsOf: Requests): Resources {
  const total: Resources = new Map();
  for (const container of spec.containers) add(total, requestsOf(container));
  const sidecars: Resources = new Map();
  const initPeak: Resources = new Map();
  for (const container of spec.initContainers ?? []) {
    const needed = requestsOf(container);
    if (container.restartPolicy === 'Always') {
      add(total, needed);
      add(sidecars, needed);
      raise(initPeak, sidecars);
    } else {
      add(needed, sidecars);
      raise(initPeak, needed);
    }
  }
  raise(total, initPeak);
  for (const [name, amount] of resourcesOf(spec.resources?.requests)) total.set(name, amount);
  add(total, resourcesOf(spec.overhead));
  return total;
}
