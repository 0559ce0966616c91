import type { Node } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn, orNone, wide } from '../../columns.js';
import type { Column } from '../../define-resource.js';

const roleLabel = 'node-role.kubernetes.io/';

function statusText({ status, spec }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const state = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec?.unschedulable ? `${state},SchedulingDisabled` : state;
}

function roles({ metadata }: Node): string {
  const labels = metadata.labels ?? {};
  const named = Object.keys(labels).flatMap((key) =>
    key.startsWith(roleLabel) && key.length > roleLabel.length ? [key.slice(roleLabel.length)] : [],
  );
  const classic = labels['kubernetes.io/role'];
  return orNone([...new Set([...named, ...(classic ? [classic] : [])])].sort().join(','));
}

const address = ({ status }: Node, type: string): string =>
  orNone(status?.addresses?.find((candidate) => candidate.type === type)?.address);

export const nodeColumns: readonly Column<Node>[] = [
  nameColumn,
  column('Status', 'string', statusText),
  column('Roles', 'string', roles),
  ageColumn,
  column('Version', 'string', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
  wide('Internal-IP', 'string', (node) => address(node, 'InternalIP')),
  wide('External-IP', 'string', (node) => address(node, 'ExternalIP')),
  wide('OS-Image', 'string', ({ status }) => status?.nodeInfo?.osImage || '<unknown>'),
  wide('Kernel-Version', 'string', ({ status }) => {
    const { kernelVersion, architecture } = status?.nodeInfo ?? {};
    return `${kernelVersion || '<unknown>'}${architecture ? ` (${architecture})` : ''}`;
  }),
  wide('Container-Runtime', 'string', ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>'),
];
