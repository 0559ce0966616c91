import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from '../../../api/generated/types.js';
import { validateLabelSelector } from '../../../api/label-selector.js';
import { isPortName, isPortNumber } from '../../../api/names.js';
import { cidrProblems, parseCidr } from '../../ip-address.js';
import { inFormat, oneOf, protocols } from '../../rules.js';

const directions = ['Egress', 'Ingress'];

interface PlacedPeer {
  readonly peer: NetworkPolicyPeer;
  readonly at: FieldPath;
}

/** All peers of a policy, each with where it stands. */
export function placedPeers({ ingress = [], egress = [] }: NetworkPolicySpec, at: FieldPath): PlacedPeer[] {
  const placed = (peers: readonly NetworkPolicyPeer[] = [], path: FieldPath): PlacedPeer[] =>
    peers.map((peer, i) => ({ peer, at: path.index(i) }));
  return [
    ...ingress.flatMap(({ from }, i) => placed(from, at.child('ingress').index(i).child('from'))),
    ...egress.flatMap(({ to }, i) => placed(to, at.child('egress').index(i).child('to'))),
  ];
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, at: FieldPath): FieldError[] {
  const end = at.child('endPort');
  const alone = (why: string): FieldError[] =>
    endPort === undefined ? [] : [invalid(end, endPort, `may not be specified when \`port\` is ${why}`)];
  const range = (): FieldError[] => {
    if (port === undefined) return alone('not specified');
    if (typeof port === 'string') return [...alone('non-numeric'), ...inFormat(isPortName, port, at.child('port'))];
    return [
      ...isPortNumber(port).map((text) => invalid(at.child('port'), port, text)),
      ...(endPort !== undefined && endPort < port
        ? [invalid(end, port, 'must be greater than or equal to `port`')]
        : []),
      ...(endPort === undefined ? [] : isPortNumber(endPort).map((text) => invalid(end, endPort, text))),
    ];
  };
  return [...oneOf(protocol, protocols, at.child('protocol')), ...range()];
}

/** Both are the same family, and the inner one is smaller. */
function isWithin(inner: string, outer: string): boolean {
  const [small, big] = [parseCidr(inner), parseCidr(outer)];
  if (!small || !big) return true;
  return (
    small.family === big.family &&
    small.prefix > big.prefix &&
    small.address.toByteArray().every((byte, i) => {
      const bits = Math.min(8, Math.max(0, big.prefix - i * 8));
      return byte >> (8 - bits) === (big.address.toByteArray()[i] ?? 0) >> (8 - bits);
    })
  );
}

/** Ranges that stood in the policy before stay as they are. */
function validateBlock({ cidr, except = [] }: IPBlock, known: readonly string[], at: FieldPath): FieldError[] {
  if (!cidr) return [required(at.child('cidr'))];
  const format = (value: string, path: FieldPath): FieldError[] =>
    known.includes(value) ? [] : inFormat(cidrProblems, value, path);
  return [
    ...format(cidr, at.child('cidr')),
    ...(parseCidr(cidr) ? except : []).flatMap((value, i) => {
      const path = at.child('except').index(i);
      return [
        ...format(value, path),
        ...(isWithin(value, cidr) ? [] : [invalid(path, value, 'must be a strict subset of `cidr`')]),
      ];
    }),
  ];
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, at: FieldPath): FieldError[] {
  if (!podSelector && !namespaceSelector && !ipBlock) return [required(at, 'must specify a peer')];
  return [
    ...(podSelector ? validateLabelSelector(podSelector, at.child('podSelector')) : []),
    ...(namespaceSelector ? validateLabelSelector(namespaceSelector, at.child('namespaceSelector')) : []),
    ...(ipBlock && (podSelector || namespaceSelector)
      ? [forbiddenField(at, 'may not specify both ipBlock and another peer')]
      : []),
  ];
}

function validateTypes(types: readonly string[], at: FieldPath): FieldError[] {
  if (types.length > directions.length) return [invalid(at, types, 'may not specify more than two policyTypes')];
  return types.flatMap((type, i) => (directions.includes(type) ? [] : [notSupported(at.index(i), type, directions)]));
}

/** Rules of the API reference that hold for every NetworkPolicy. Pure; reports every violation, each with its field path. */
export function validateNetworkPolicy(policy: NetworkPolicy, root: FieldPath): FieldError[] {
  const spec = policy.spec ?? {};
  const at = root.child('spec');
  const rules = (['ingress', 'egress'] as const).flatMap((direction) =>
    (spec[direction] ?? []).map(({ ports = [] }, i) => ({ ports, path: at.child(direction).index(i) })),
  );
  return [
    ...validateLabelSelector(spec.podSelector, at.child('podSelector')),
    ...rules.flatMap(({ ports, path }) => ports.flatMap((port, i) => validatePort(port, path.child('ports').index(i)))),
    ...placedPeers(spec, at).flatMap(({ peer, at: path }) => validatePeer(peer, path)),
    ...validateTypes(spec.policyTypes ?? [], at.child('policyTypes')),
  ];
}

const validateBlocks = ({ spec }: NetworkPolicy, known: readonly string[], at: FieldPath): FieldError[] =>
  placedPeers(spec ?? {}, at.child('spec')).flatMap(({ peer: { ipBlock }, at: path }) =>
    ipBlock ? validateBlock(ipBlock, known, path.child('ipBlock')) : [],
  );

export const validateNewNetworkPolicy = (policy: NetworkPolicy, at: FieldPath): FieldError[] =>
  validateBlocks(policy, [], at);

export function validateNetworkPolicyUpdate(next: NetworkPolicy, current: NetworkPolicy, at: FieldPath): FieldError[] {
  const known = placedPeers(current.spec ?? {}, at).flatMap(({ peer: { ipBlock } }) =>
    ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])] : [],
  );
  return validateBlocks(next, known, at);
}
