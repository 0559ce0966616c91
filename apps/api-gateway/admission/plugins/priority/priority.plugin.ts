import type { AdmissionRequest, Pod, PriorityClass } from '@shiplog/domain';
import type { AdmissionPlugin } from '../../admission-plugin.js';
import { isAbout, refuse } from '../../refuse.js';

interface Priority {
  readonly className: string;
  readonly value: number;
  readonly preemptionPolicy?: PriorityClass['preemptionPolicy'];
}

const group = 'scheduling.k8s.io';
const systemClasses = new Set(['system-node-critical', 'system-cluster-critical']);
const noDefaultClass: Priority = { className: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' };

/** A pod's priority follows from the name of its class; nobody sets the number. Only one class may be the default. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (request) =>
    isAbout(request, group, 'priorityclasses') ||
    (['CREATE', 'UPDATE'].includes(request.operation) && isAbout(request, '', 'pods')),
  admit: async (request, signal) => {
    if (!isAbout(request, '', 'pods')) return undefined;
    const pod = request.object as Pod;
    if (request.operation === 'UPDATE') return keepPriority(pod, request.oldObject as Pod);
    return setPriority(request, pod, await priorityOf(request, pod.spec.priorityClassName ?? '', signal));
  },
  validate: (request) => {
    if (!isAbout(request, group, 'priorityclasses')) return;
    if (request.operation === 'DELETE' && systemClasses.has(request.name))
      throw refuse(request, 'this is a system priority class and cannot be deleted');
    if (!(request.object as PriorityClass | undefined)?.globalDefault) return;
    const known = defaultClass(request);
    if (known === undefined || (request.operation === 'UPDATE' && known.metadata.name === request.name)) return;
    throw refuse(
      request,
      `PriorityClass ${known.metadata.name} is already marked as default. Only one default can exist`,
    );
  },
};

/** Clients that do not know these fields send the pod back without them. */
function keepPriority(pod: Pod, { spec: old }: Pod): Pod {
  if (pod.spec.priority === undefined && old.priority !== undefined) pod.spec.priority = old.priority;
  if (pod.spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined)
    pod.spec.preemptionPolicy = old.preemptionPolicy;
  return pod;
}

function setPriority(request: AdmissionRequest, pod: Pod, found: Priority): Pod {
  const { spec } = pod;
  const computed = 'priority admission controller computed';
  if (spec.priority !== undefined && spec.priority !== found.value)
    throw refuse(
      request,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; ${computed} ${found.value} from the given PriorityClass name`,
    );
  const policy = found.preemptionPolicy;
  if (policy !== undefined && spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
    throw refuse(
      request,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; ${computed} ${policy} from the given PriorityClass name`,
    );
  if (found.className !== '') spec.priorityClassName = found.className;
  spec.priority = found.value;
  if (policy !== undefined) spec.preemptionPolicy = policy;
  return pod;
}

async function priorityOf(request: AdmissionRequest, className: string, signal: AbortSignal): Promise<Priority> {
  if (className === '') {
    const found = defaultClass(request);
    return found ? asPriority(found) : noDefaultClass;
  }
  const address = { group, plural: 'priorityclasses', namespace: '', name: className };
  const { read } = request;
  const found = read.get<PriorityClass>(address) ?? (await read.latest<PriorityClass>(address, signal));
  if (found === undefined) throw refuse(request, `no PriorityClass with name ${className} was found`);
  return asPriority(found);
}

const asPriority = ({ metadata, value, preemptionPolicy }: PriorityClass): Priority => ({
  className: metadata.name ?? '',
  value: value ?? 0,
  ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }),
});

/** The default class; the lowest, should a race have made several. */
const defaultClass = ({ read }: AdmissionRequest): PriorityClass | undefined =>
  read
    .list<PriorityClass>({ group, plural: 'priorityclasses' })
    .filter(({ globalDefault }) => globalDefault)
    .sort((left, right) => (left.value ?? 0) - (right.value ?? 0))[0];
