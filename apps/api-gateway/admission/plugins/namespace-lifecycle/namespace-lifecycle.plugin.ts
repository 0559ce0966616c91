import { notFound, StatusError, type AdmissionRequest, type KubeObject } from '@shiplog/domain';
import { isAbout, refuse } from '../../refuse.js';
import type { AdmissionPlugin } from '../../admission-plugin.js';

const immortal = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is written into a namespace that is not there, or created in one that is going; some namespaces stay. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: ({ operation }) => operation !== 'CONNECT',
  admit: async (request, signal) => {
    const { operation, name, namespace } = request;
    if (isAbout(request, '', 'namespaces')) {
      if (operation === 'DELETE' && immortal.has(name)) throw refuse(request, 'this namespace may not be deleted');
      return undefined;
    }
    if (request.resource.scope === 'Cluster' || operation === 'DELETE') return undefined;
    if (isAbout(request, 'authorization.k8s.io', 'localsubjectaccessreviews')) return undefined;
    const found = await namespaceOf(request, signal);
    if (found === undefined) throw notFound({ group: '', plural: 'namespaces' }, namespace);
    if (operation === 'CREATE' && isGoing(found)) throw terminating(request);
    return undefined;
  },
};

async function namespaceOf(
  { read, namespace }: AdmissionRequest,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const address = { group: '', plural: 'namespaces', namespace: '', name: namespace };
  return read.get(address) ?? (await read.latest(address, signal));
}

const isGoing = ({ metadata, status }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined || (status as { phase?: string } | undefined)?.phase === 'Terminating';

function terminating(request: AdmissionRequest): StatusError {
  const { namespace } = request;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { code, reason, message, details } = refuse(request, why);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return new StatusError(code, reason, message, { ...details, causes: [cause] });
}
