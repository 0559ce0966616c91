import type { KubeObject } from '@shiplog/domain';

/** Marks a pod that only shows what a node runs by itself. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';
export const isMirror = ({ metadata }: KubeObject): boolean => metadata.annotations?.[mirrorAnnotation] !== undefined;
