import { notFound, type AdmissionRequest, type Pod, type TokenRequest } from '@shiplog/domain';
import { refuse } from '../../refuse.js';

/** A node asks for tokens of the pods that run on it only, and only for those whom a pod's volumes name. */
export function confirmToken(node: string, request: AdmissionRequest): void {
  const { spec } = request.object as TokenRequest;
  const bound = spec?.boundObjectRef;
  if (bound?.apiVersion !== 'v1' || bound.kind !== 'Pod' || !bound.name)
    throw refuse(request, 'node requested token not bound to a pod');
  if (!bound.uid) throw refuse(request, 'node requested token with a pod binding without a uid');
  const pod = request.read.get<Pod>({
    group: '',
    plural: 'pods',
    namespace: request.namespace,
    name: bound.name,
  });
  if (pod === undefined) throw notFound({ group: '', plural: 'pods' }, bound.name);
  if (pod.metadata.uid !== bound.uid)
    throw refuse(
      request,
      `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (pod.spec.nodeName !== node)
    throw refuse(request, 'node requested token bound to a pod scheduled on a different node');
  confirmAudience(request, pod, spec?.audiences ?? []);
}

function confirmAudience(request: AdmissionRequest, pod: Pod, audiences: readonly string[]): void {
  if (audiences.length > 1) throw refuse(request, 'node may only request 0 or 1 audiences');
  const wanted = audiences[0] ?? '';
  const { volumes = [] } = pod.spec;
  const tokens = volumes.flatMap(({ projected }) =>
    (projected?.sources ?? []).flatMap((source) => source.serviceAccountToken ?? []),
  );
  if (tokens.some(({ audience = '' }) => audience === wanted)) return;
  throw refuse(
    request,
    `audience ${JSON.stringify(wanted)} not found in pod spec volume, ${request.user.name} is not authorized to request tokens for this audience`,
  );
}
