import { lineChart } from './chart.mjs';

describe('a chart', () => {
  const chart = (points: [number, number][], log = false) =>
    lineChart({ title: 'a < b', x: 'pods', y: 'ms', log, series: [{ name: 'get', points }], limit: 3 });
  const drawn = (svg: string) =>
    /<polyline points="([^"]+)"/.exec(svg)?.[1]?.split(' ').map((pair) => pair.split(',').map(Number)); // prettier-ignore

  it('spaces what grows tenfold evenly on a logarithmic axis', () => {
    const [first, second, third] = drawn(chart([[10, 1], [100, 1], [1_000, 1]], true)) ?? []; // prettier-ignore
    expect((second?.[0] ?? 0) - (first?.[0] ?? 0)).toBeCloseTo((third?.[0] ?? 0) - (second?.[0] ?? 0), 0);
  });
  it('draws more further up, and never outside', () => {
    const [low, high] = drawn(chart([[0, 1], [10, 3]])) ?? []; // prettier-ignore
    expect(high?.[1]).toBeLessThan(low?.[1] ?? 0);
    expect(high?.[1]).toBeGreaterThan(0);
  });
  it('is valid where a title is not', () => expect(chart([[0, 1]])).toContain('a &#60; b'));
});
