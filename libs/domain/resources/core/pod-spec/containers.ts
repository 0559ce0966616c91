import { each } from '../../../api/findings.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Container, PodSpec } from '../../../api/generated/types.js';

type PlacedContainer = readonly [container: Pick<Container, 'name' | 'securityContext'>, at: FieldPath];

/** Every container of a pod with its path, in the order in which rules speak of them. */
export const placedContainers = (spec: PodSpec, at: FieldPath): PlacedContainer[] =>
  each(['initContainers', 'containers', 'ephemeralContainers'] as const, (list) =>
    (spec[list] ?? []).map((container, i): PlacedContainer => [container, at.child(list).index(i)]),
  );
