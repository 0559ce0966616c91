import type { Taint } from '@shiplog/domain';
import { after } from '../../framework/cluster-event.js';
import { irrelevant, type SchedulerPlugin } from '../../framework/plugin.js';
import { tolerates } from '../../framework/tolerations.js';
import { fits, unresolvable } from '../../framework/verdict.js';

const cordon: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const cordoned = unresolvable('node(s) were unschedulable');

/** Cordoned nodes take no pods but those that tolerate it. */
export const nodeUnschedulable: SchedulerPlugin<true> = {
  name: 'NodeUnschedulable',
  preFilter: ({ tolerations }) => (tolerates(tolerations, cordon) ? irrelevant : true),
  filter: (_, slot, { taints }) => (taints.isUnschedulable[slot] === 1 ? cordoned : fits),
  retryOn: [
    after('nodeAdded', (_, event) => 'node' in event && event.node.spec.unschedulable !== true),
    after('nodeTaintsChanged', (_, event) => 'node' in event && event.node.spec.unschedulable !== true),
    after('podUpdated'),
  ],
};
