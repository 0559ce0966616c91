import type { Taint } from '@shiplog/domain';
import type { ClusterSnapshot } from '../../cluster-snapshot/cluster-snapshot.js';
import { after, type ClusterEvent } from '../../framework/cluster-event.js';
import { normalizeByHighest, type SchedulerPlugin } from '../../framework/plugin.js';
import type { PodRecord } from '../../framework/pod-record.js';
import { forbids, tolerates } from '../../framework/tolerations.js';
import { fits, unresolvable } from '../../framework/verdict.js';

const untolerated = unresolvable('node(s) had untolerated taint(s)');

/** By number of taint list: 1 if the pod may go there; or how many taints advise against. */
type JudgedLists = Int32Array;

const judge = ({ taints }: ClusterSnapshot, judged: (taints: readonly Taint[]) => number): JudgedLists =>
  Int32Array.from(taints.lists, judged);

const mayRun = ({ tolerations }: PodRecord, taints: readonly Taint[]): boolean =>
  taints.every((taint) => !forbids(taint) || tolerates(tolerations, taint));

/** A preference without an effect, or for PreferNoSchedule, counts; the others speak of other taints. */
const disliked = ({ tolerations }: PodRecord, taints: readonly Taint[]): number => {
  const preferring = tolerations.filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
  return taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerates(preferring, taint)).length;
};

const opens = (pod: PodRecord, event: ClusterEvent): boolean =>
  'node' in event && mayRun(pod, event.node.spec.taints ?? []);

/** NoSchedule and NoExecute taints keep away pods that do not tolerate them; PreferNoSchedule taints are avoided. */
export const taintToleration: SchedulerPlugin<JudgedLists, JudgedLists> = {
  name: 'TaintToleration',
  preFilter: (pod, cluster) => judge(cluster, (taints) => (mayRun(pod, taints) ? 1 : 0)),
  filter: (judged, slot, { taints }) => (judged[taints.listOf[slot] ?? 0] === 1 ? fits : untolerated),
  preScore: (pod, cluster) => judge(cluster, (taints) => disliked(pod, taints)),
  score: (judged, slot, { taints }) => judged[taints.listOf[slot] ?? 0] ?? 0,
  normalize: (scores, { count }) => normalizeByHighest(scores, count, true),
  retryOn: [after('nodeAdded', opens), after('nodeTaintsChanged', opens), after('podUpdated')],
};
