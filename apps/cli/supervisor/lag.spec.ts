import { sumOfMetric } from './lag.js';

const text = '# HELP lag x\nlag{stream="RESOURCES"} 3\nlag{stream="LEASES"} 0.5e1\nlag_other 9\nplain 2\n';
describe('sumOfMetric', () => {
  it.each([
    ['lag', 8],
    ['plain', 2],
    ['none', undefined],
  ])('%s', (name, sum) => expect(sumOfMetric(text, name)).toBe(sum));
});
