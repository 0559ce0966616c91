import { subjectOf, type EventRecorder, type EventReporter } from '@shiplog/client';
import type { PodContainer } from './pod.js';
import type { PodEvents } from './pod-host.js';

/** Records pods' events as the kubelet of this node, which is whom clients look for. */
export const podEvents = (recorder: EventRecorder, reporter: EventReporter): PodEvents => ({
  record(pod, type, reason, message, container) {
    const about = { ...subjectOf(pod, container && fieldPathOf(container)), apiVersion: 'v1', kind: 'Pod' };
    recorder.record({ about, type, reason, message }, reporter, `RESOURCES/${pod.metadata.resourceVersion ?? '0'}`);
  },
});

const fieldPathOf = ({ role, spec }: PodContainer): string => `spec.${fields[role]}{${spec.name}}`;

const fields = {
  init: 'initContainers',
  sidecar: 'initContainers',
  app: 'containers',
  ephemeral: 'ephemeralContainers',
} as const;
