import {
  badRequest,
  conflict,
  notFound,
  parseApiVersion,
  type KubeObject,
  type ObjectReader,
  type BoundObjectReference,
} from '@shiplog/domain';
import type { KubernetesClaim } from '../../authentication/service-account-token/claims.js';

type BoundClaims = Pick<KubernetesClaim, 'pod' | 'secret' | 'node'>;

interface Bindable {
  readonly plural: string;
  readonly namespaced: boolean;
  readonly claims: (object: KubeObject, read: ObjectReader) => BoundClaims;
}

const reference = ({ metadata }: KubeObject): { name: string; uid: string } => ({
  name: metadata.name ?? '',
  uid: metadata.uid ?? '',
});

/** A pod-bound token also says on which node the pod runs, though it is not bound to that. */
function podClaims(pod: KubeObject, read: ObjectReader): BoundClaims {
  const { nodeName } = pod['spec'] as { nodeName?: string };
  if (!nodeName) return { pod: reference(pod) };
  const node = read.get({ group: '', plural: 'nodes', namespace: '', name: nodeName });
  return { node: node ? reference(node) : { name: nodeName }, pod: reference(pod) };
}

const bindable: Readonly<Record<string, Bindable>> = {
  Pod: { plural: 'pods', namespaced: true, claims: podClaims },
  Secret: { plural: 'secrets', namespaced: true, claims: (secret) => ({ secret: reference(secret) }) },
  Node: { plural: 'nodes', namespaced: false, claims: (node) => ({ node: reference(node) }) },
};

/** What the token is to live and die with. @throws BadRequest, NotFound or Conflict if it cannot be bound to that. */
export async function boundObjects(
  ref: BoundObjectReference | null | undefined,
  account: KubeObject,
  read: ObjectReader,
  signal: AbortSignal,
): Promise<BoundClaims> {
  if (!ref) return {};
  const { apiVersion = '', kind = '', name = '', uid } = ref;
  const { group, version } = parseApiVersion(apiVersion);
  const how = group === '' ? bindable[kind] : undefined;
  if (!how) throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  const namespace = how.namespaced ? (account.metadata.namespace ?? '') : '';
  const object = await read.latest({ group: '', plural: how.plural, namespace, name }, signal);
  if (object === undefined) throw notFound({ group: '', plural: how.plural }, name);
  const podAccount = (object['spec'] as { serviceAccountName?: string } | undefined)?.serviceAccountName;
  if (kind === 'Pod' && podAccount !== account.metadata.name)
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account.metadata.name)} to pod running with different serviceaccount name.`,
    );
  if (uid && uid !== object.metadata.uid)
    throw conflict(
      { group: '', plural: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  return how.claims(object, read);
}
