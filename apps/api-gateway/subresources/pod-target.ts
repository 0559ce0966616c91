import { badRequest, notFound, type ObjectReader, type Pod } from '@shiplog/domain';

/** A container on a node, as its agent addresses it. `node` is '' while the pod is not bound. */
export interface PodTarget {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** The container that is asked for, or the pod's only one. @throws NotFound, BadRequest */
export async function podTarget(
  read: ObjectReader,
  { namespace, name }: { namespace: string; name: string },
  container: string,
  signal: AbortSignal,
): Promise<PodTarget> {
  const address = { group: '', plural: 'pods', namespace, name };
  const pod = read.get<Pod>(address) ?? (await read.latest<Pod>(address, signal));
  if (pod === undefined) throw notFound(address, name);
  return { node: pod.spec.nodeName ?? '', namespace, pod: name, container: containerOf(pod, container) };
}

function containerOf({ metadata, spec }: Pod, asked: string): string {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec;
  const names = [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name);
  if (asked !== '') {
    if (names.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  }
  if (containers.length === 1) return containers[0]?.name ?? '';
  const choice = containers.length === 0 ? '' : `, choose one of: [${names.join(' ')}]`;
  throw badRequest(`a container name must be specified for pod ${metadata.name}${choice}`);
}
