/** Labels of the API's own domains that a node may set on itself. */
const ownLabels = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);

type Labels = Readonly<Record<string, string>>;

const isWithin = (domain: string, parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`);
const domainOf = (label: string): string => (label.includes('/') ? label.slice(0, label.indexOf('/')) : '');

function isForbidden(label: string): boolean {
  const domain = domainOf(label);
  if (isWithin(domain, 'node-restriction.kubernetes.io')) return true;
  const reserved = isWithin(domain, 'kubernetes.io') || isWithin(domain, 'k8s.io');
  const own =
    ownLabels.has(label) || ['kubelet.kubernetes.io', 'node.kubernetes.io'].some((it) => isWithin(domain, it));
  return reserved && !own;
}

/** The labels that differ and by which a node could draw workloads to itself; sorted. Pure. */
export function forbiddenLabelChanges(next: Labels = {}, current: Labels = {}): string[] {
  const changed = [...new Set([...Object.keys(next), ...Object.keys(current)])].filter(
    (label) => next[label] !== current[label],
  );
  return changed.filter(isForbidden).sort();
}
