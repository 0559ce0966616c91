import { join } from 'node:path';
import type { PodName } from '../pod-host.js';

/** Where a node keeps what belongs to its pods. */
export interface PodPaths {
  pods(): string;
  pod(uid: string): string;
  volumes(uid: string): string;
  etcHosts(uid: string): string;
  terminationLog(uid: string, container: string, attempt: number): string;
  allLogs(): string;
  logs(namespace: string, name: string, uid: string): string;
}

export const podPaths = (root: string): PodPaths => ({
  pods: () => join(root, 'pods'),
  pod: (uid) => join(root, 'pods', uid),
  volumes: (uid) => join(root, 'pods', uid, 'volumes'),
  etcHosts: (uid) => join(root, 'pods', uid, 'etc-hosts'),
  terminationLog: (uid, container, attempt) =>
    join(root, 'pods', uid, 'containers', container, `${attempt}.termination`),
  allLogs: () => join(root, 'logs'),
  logs: (namespace, name, uid) => join(root, 'logs', `${namespace}_${name}_${uid}`),
});

/** The log of one run, below the pod's log folder. */
export const logPath = (container: string, attempt: number): string => join(container, `${attempt}.log`);

/** The pod that a log folder belongs to; neither names nor uids have an underscore in them. */
export function podOfLogFolder(folder: string): PodName | undefined {
  const [namespace, name, uid, ...rest] = folder.split('_');
  return namespace && name && uid && rest.length === 0 ? { namespace, name, uid } : undefined;
}
