import { subjectOf, type EventRecorder } from '@shiplog/client';
import type { PodContainer } from './pod.js';
import type { PodEvents } from './pod-host.js';

/** Records pods' events as the kubelet of this node, which is whom clients look for. */
export const podEvents = (recorder: EventRecorder, nodeName: string): PodEvents => ({
  record(pod, type, reason, message, container) {
    const about = { ...subjectOf(pod, container && fieldPathOf(container)), apiVersion: 'v1', kind: 'Pod' };
    recorder.record(
      { about, type, reason, message },
      { component: 'kubelet', host: nodeName },
      `RESOURCES/${pod.metadata.resourceVersion ?? '0'}`,
    );
  },
});

const fieldPathOf = ({ role, spec }: PodContainer): string => `spec.${fields[role]}{${spec.name}}`;

const fields = {
  init: 'initContainers',
  sidecar: 'initContainers',
  app: 'containers',
  ephemeral: 'ephemeralContainers',
} as const;
