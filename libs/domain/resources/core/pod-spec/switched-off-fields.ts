import type { PodSpec, PodTemplateSpec } from '../../../api/generated/types.js';

/** Fields of features that are off in this version: clients may send them, they are not stored. */
const usesSwitchedOff = (spec: PodSpec | undefined): boolean =>
  spec !== undefined &&
  (spec.schedulingGroup !== undefined ||
    containersOf(spec).some(({ lifecycle }) => lifecycle?.stopSignal !== undefined) ||
    (spec.volumes ?? []).some(({ projected }) =>
      (projected?.sources ?? []).some(
        ({ clusterTrustBundle, podCertificate }) => clusterTrustBundle !== undefined || podCertificate !== undefined,
      ),
    ));

type AnyContainer = Pick<NonNullable<PodSpec['containers']>[number], 'lifecycle'>;

const containersOf = ({ containers, initContainers, ephemeralContainers }: PodSpec): AnyContainer[] => [
  ...(containers ?? []),
  ...(initContainers ?? []),
  ...(ephemeralContainers ?? []),
];

function withoutStopSignal<T extends AnyContainer>(container: T): T {
  if (container.lifecycle?.stopSignal === undefined) return container;
  const { lifecycle, ...rest } = container;
  const { stopSignal: _off, ...hooks } = lifecycle;
  return (Object.keys(hooks).length === 0 ? rest : { ...container, lifecycle: hooks }) as T;
}

type Volumes = NonNullable<PodSpec['volumes']>;

/** The source stays in its place, empty. */
const withoutProjections = (volumes: Volumes): Volumes =>
  volumes.map((volume) =>
    volume.projected?.sources
      ? {
          ...volume,
          projected: {
            ...volume.projected,
            sources: volume.projected.sources.map(
              ({ clusterTrustBundle: _bundle, podCertificate: _certificate, ...source }) => source,
            ),
          },
        }
      : volume,
  );

/** The spec as it is to be stored. What is stored with such fields already keeps them. Pure. */
export function withoutSwitchedOff(next: PodSpec, current?: PodSpec): PodSpec {
  if (!usesSwitchedOff(next) || usesSwitchedOff(current)) return next;
  const { schedulingGroup: _off, ...spec } = next;
  return {
    ...spec,
    containers: (spec.containers ?? []).map(withoutStopSignal),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(withoutStopSignal) } : {}),
    ...(spec.volumes ? { volumes: withoutProjections(spec.volumes) } : {}),
  };
}

/** The same for something that holds a template. */
export function templateWithoutSwitchedOff<T extends { template?: PodTemplateSpec }>(next: T, current?: T): T {
  const spec = next.template?.spec;
  const stored = spec && withoutSwitchedOff(spec, current?.template?.spec);
  return stored === spec ? next : { ...next, template: { ...next.template, spec: stored } };
}
