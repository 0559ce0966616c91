import type { AdmissionRequest, KubeObject, Pod } from '@shiplog/domain';
import { deepEqual } from '@shiplog/domain';
import type { AdmissionPlugin } from '../../admission-plugin.js';
import { isAbout, refuse } from '../../refuse.js';

type Spec = Pod['spec'];

/** node.k8s.io RuntimeClass, as far as pods take it over. */
interface RuntimeClass extends KubeObject {
  readonly overhead?: { readonly podFixed?: Spec['overhead'] };
  readonly scheduling?: Pick<Spec, 'nodeSelector' | 'tolerations'>;
}

const mismatch = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

/** A pod takes over what its runtime class costs and where it runs; nobody states an overhead of their own. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: (request) => request.operation === 'CREATE' && isAbout(request, '', 'pods'),
  admit: async (request, signal) => {
    const pod = request.object as Pod;
    const found = await classOf(request, pod, signal);
    return found ? withScheduling(request, withOverhead(request, pod, found), found) : pod;
  },
  validate: async (request, signal) => {
    const pod = request.object as Pod;
    const found = await classOf(request, pod, signal);
    if (found?.overhead) {
      if (!deepEqual(found.overhead.podFixed, pod.spec.overhead)) throw refuse(request, mismatch);
    } else if (pod.spec.overhead)
      throw refuse(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  },
};

async function classOf(request: AdmissionRequest, { spec }: Pod, signal: AbortSignal) {
  const name = spec.runtimeClassName;
  if (name === undefined) return undefined;
  const address = { group: 'node.k8s.io', plural: 'runtimeclasses', namespace: '', name };
  const { read } = request;
  const found = read.get<RuntimeClass>(address) ?? (await read.latest<RuntimeClass>(address, signal));
  if (!found) throw refuse(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  return found;
}

function withOverhead(request: AdmissionRequest, pod: Pod, { overhead }: RuntimeClass): Pod {
  if (!overhead) return pod;
  const { podFixed } = overhead;
  if (Object.keys(pod.spec.overhead ?? {}).length > 0 && !deepEqual(podFixed, pod.spec.overhead))
    throw refuse(request, mismatch);
  return podFixed ? { ...pod, spec: { ...pod.spec, overhead: { ...podFixed } } } : pod;
}

function withScheduling(request: AdmissionRequest, pod: Pod, { scheduling }: RuntimeClass): Pod {
  if (!scheduling) return pod;
  const { nodeSelector = {}, tolerations = [] } = pod.spec;
  const wanted = scheduling.nodeSelector ?? {};
  for (const [key, value] of Object.entries(wanted))
    if (key in nodeSelector && nodeSelector[key] !== value)
      throw refuse(
        request,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${nodeSelector[key]}`,
      );
  const added = (scheduling.tolerations ?? []).filter((one) => !tolerations.some((other) => deepEqual(one, other)));
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(scheduling.nodeSelector || pod.spec.nodeSelector ? { nodeSelector: { ...nodeSelector, ...wanted } } : {}),
      ...(added.length > 0 ? { tolerations: [...tolerations, ...added] } : {}),
    },
  };
}
