import type { EventContext, KubeObject } from '@shiplog/domain';
import type { Change } from '@shiplog/client';
import { stronger, weightOf } from './trigger.js';

const change = (type: Change['type'], kind?: string, deleting: [boolean, boolean] = [false, false]): Change => {
  const recorded = (revision: bigint, isDeleting: boolean) => ({
    object: { metadata: isDeleting ? { deletionTimestamp: 'now' } : {} } as KubeObject,
    revision,
    cause: `RESOURCES/${revision}` as const,
    ...(kind ? { context: { change: kind } as EventContext } : {}),
  });
  return { type, key: 'k', current: recorded(2n, deleting[1]), previous: recorded(1n, deleting[0]) } as Change;
};

describe('what explains a write best', () => {
  it('goes from what somebody wants to what merely is, and from the object itself to others', () => {
    const weights = [
      weightOf(change('updated', 'spec'), true),
      weightOf(change('added'), false),
      weightOf(change('updated', 'metadata'), true),
      weightOf(change('updated', 'metadata'), false),
      weightOf(change('updated', 'status'), true),
      weightOf(change('updated', 'status'), false),
    ];
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    expect(new Set(weights).size).toBe(weights.length);
  });

  it('takes the beginning of a deletion for a wish', () =>
    expect(weightOf(change('updated', 'metadata', [false, true]), false)).toBe(
      weightOf(change('updated', 'spec'), false),
    ));

  it('prefers the later of two that weigh the same', () => {
    const [a, b] = [{ cause: 'RESOURCES/1', weight: 2 } as const, { cause: 'RESOURCES/2', weight: 2 } as const];
    expect(stronger(a, b)).toBe(b);
    expect(stronger({ ...a, weight: 3 }, b)?.cause).toBe('RESOURCES/1');
    expect(stronger(a, undefined)).toBe(a);
  });
});
