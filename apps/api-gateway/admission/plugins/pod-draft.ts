import type { KubeObject } from '@shiplog/domain';

interface VolumeMount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
}
interface EnvironmentSource {
  secretRef?: { name?: string };
}
export interface ContainerDraft {
  name: string;
  volumeMounts?: VolumeMount[];
  env?: { name: string; valueFrom?: { secretKeyRef?: { name?: string } } }[];
  envFrom?: EnvironmentSource[];
}
export interface TolerationDraft {
  key?: string;
  operator?: string;
  effect?: string;
  tolerationSeconds?: number;
}

/** The parts of a pod that admission fills in or looks at. */
export interface PodDraft extends KubeObject {
  spec: {
    nodeName?: string;
    serviceAccountName?: string;
    /** Old name of serviceAccountName; always the same. */
    serviceAccount?: string;
    automountServiceAccountToken?: boolean;
    imagePullSecrets?: { name?: string }[];
    volumes?: ({ name: string } & Record<string, unknown>)[];
    containers?: ContainerDraft[];
    initContainers?: ContainerDraft[];
    ephemeralContainers?: ContainerDraft[];
    tolerations?: TolerationDraft[];
    priorityClassName?: string;
    priority?: number;
    preemptionPolicy?: string;
  };
}

export const mirrorAnnotation = 'kubernetes.io/config.mirror';
export const isMirror = ({ metadata }: KubeObject): boolean => metadata.annotations?.[mirrorAnnotation] !== undefined;
