import { join } from 'node:path';

/** Where a node keeps what belongs to its pods. */
export interface PodPaths {
  pods(): string;
  pod(uid: string): string;
  volumes(uid: string): string;
  etcHosts(uid: string): string;
  terminationLog(uid: string, container: string, attempt: number): string;
  logs(namespace: string, name: string, uid: string): string;
}

export const podPaths = (root: string): PodPaths => ({
  pods: () => join(root, 'pods'),
  pod: (uid) => join(root, 'pods', uid),
  volumes: (uid) => join(root, 'pods', uid, 'volumes'),
  etcHosts: (uid) => join(root, 'pods', uid, 'etc-hosts'),
  terminationLog: (uid, container, attempt) =>
    join(root, 'pods', uid, 'containers', container, `${attempt}.termination`),
  logs: (namespace, name, uid) => join(root, 'logs', `${namespace}_${name}_${uid}`),
});

/** The log of one run, below the pod's log folder. */
export const logPath = (container: string, attempt: number): string => join(container, `${attempt}.log`);
