import type { Container, ResourceFieldSelector } from '@shiplog/domain';
import { SetupError } from '../pod-host.js';
import type { StoredPod } from '../pod.js';
import { milliOf, quantityOf } from '../quantity.js';

export interface DownwardFacts {
  readonly pod: StoredPod;
  readonly podIps: readonly string[];
  readonly nodeIps: readonly string[];
  /** What a missing limit stands for. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** The value of a pod field as containers may ask for it (fieldRef). Pure. @throws SetupError for a path that has none. */
export function fieldValue(path: string, { pod, podIps, nodeIps }: DownwardFacts): string {
  const { metadata, spec } = pod;
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (key !== undefined) return (map === 'labels' ? metadata.labels : metadata.annotations)?.[key] ?? '';
  const values: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': listed(metadata.labels),
    'metadata.annotations': listed(metadata.annotations),
    'spec.nodeName': spec.nodeName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName ?? '',
    'status.hostIP': nodeIps[0] ?? '',
    'status.hostIPs': nodeIps.join(','),
    'status.podIP': podIps[0] ?? '',
    'status.podIPs': podIps.join(','),
  };
  const value = values[path];
  if (value === undefined) throw new SetupError('CreateContainerConfigError', `unsupported fieldPath: ${path}`);
  return value;
}

/** One `key="value"` a line, sorted by key. */
const listed = (map: Record<string, string> = {}): string =>
  Object.keys(map)
    .toSorted()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');

/** A container's request or limit in units of the divisor, rounded up (resourceFieldRef). Pure. @throws SetupError */
export function resourceValue(
  { resource, divisor }: ResourceFieldSelector,
  container: Container,
  allocatable: Readonly<Record<string, string>>,
): string {
  const [kind, ...rest] = resource.split('.');
  const name = rest.join('.');
  if ((kind !== 'limits' && kind !== 'requests') || name === '')
    throw new SetupError('CreateContainerConfigError', `unsupported container resource: ${resource}`);
  const limit = container.resources?.limits?.[name] ?? allocatable[name];
  const amount = kind === 'limits' ? limit : container.resources?.requests?.[name];
  const isCpu = name === 'cpu';
  const unit = divisor === undefined || quantityOf(divisor) === 0 ? '1' : divisor;
  const value = isCpu ? milliOf(amount) / milliOf(unit) : quantityOf(amount) / quantityOf(unit);
  return String(Math.ceil(value));
}
