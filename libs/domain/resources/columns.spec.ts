import { firstThree, humanDuration, labelsText, since } from './columns.js';

const s = 1000;
const m = 60 * s;
const h = 60 * m;
const d = 24 * h;

describe('humanDuration', () => {
  const cases: [number, string][] = [
    [-2 * s, '<invalid>'],
    [-500, '0s'],
    [0, '0s'],
    [119 * s, '119s'],
    [2 * m, '2m'],
    [3 * m + 12 * s, '3m12s'],
    [10 * m + 12 * s, '10m'],
    [179 * m, '179m'],
    [3 * h + 5 * m, '3h5m'],
    [8 * h + 5 * m, '8h'],
    [47 * h, '47h'],
    [3 * d + 4 * h, '3d4h'],
    [8 * d + 4 * h, '8d'],
    [729 * d, '729d'],
    [800 * d, '2y70d'],
    [9 * 365 * d, '9y'],
  ];
  test.each(cases)('%i ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text));
});

it('says unknown for a time that is not there', () => expect(since(undefined, new Date())).toBe('<unknown>'));
it('sorts labels', () => expect(labelsText({ b: '2', a: '1' })).toBe('a=1,b=2'));
it('prints no labels as <none>', () => expect(labelsText({})).toBe('<none>'));
it('counts what it leaves out', () => expect(firstThree(['a', 'b', 'c', 'd', 'e'])).toBe('a,b,c + 2 more...'));
