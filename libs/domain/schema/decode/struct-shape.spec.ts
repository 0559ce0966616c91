import { structPlan } from './struct-plan.js';
import { shapeOf } from './struct-shape.js';

const plan = structPlan('io.k8s.api.core.v1.ContainerPort', 'read');
const seen = (...names: string[]) => shapeOf(Object.fromEntries(names.map((name) => [name, 1])), plan);
const given = (...names: string[]): string[] =>
  seen(...names).steps.flatMap(({ field, isGiven }) => (isGiven ? [field.name] : []));

test.each([
  [['name', 'containerPort'], true, false],
  [['containerPort', 'name'], false, false],
  [['name', 'containerPort', 'colour'], false, true],
])('%j: complete %s, unknown %s', (names, isComplete, hasUnknownFields) => {
  for (let round = 0; round < 2; round++) {
    expect(seen(...names)).toMatchObject({ isComplete, hasUnknownFields });
    expect(given(...names)).toEqual(['name', 'containerPort']);
  }
});

test('the same keys are looked at once, others never taken for them', () => {
  expect(seen('name', 'hostPort')).toBe(seen('name', 'hostPort'));
  expect(given('name')).toEqual(['name']);
  expect(given('name', 'hostPort', 'protocol')).toEqual(['name', 'hostPort', 'protocol']);
  expect(seen('name', 'hostPort')).not.toBe(seen('hostPort', 'name'));
});

test('what clients invent fills no memory', () => {
  for (let i = 0; i < 100; i++) seen(`invented-${i}`);
  seen(...Array.from({ length: 1_000 }, (_, i) => `many-${i}`));
  expect(plan.shapes.length).toBeLessThanOrEqual(4);
  expect(plan.shapes.every(({ names }) => names.length <= 128)).toBe(true);
});
