import { Gauge, register, type Registry } from 'prom-client';

/** What was built: the version of the API that clients compare theirs with, and what it runs on. */
export const build = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+shiplog',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `node ${process.version}`,
  compiler: 'v8',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
} as const;

/** `kubernetes_build_info`, by which dashboards tell components and their versions. Repeating it is no error. */
export function buildInfo(registry: Registry = register): void {
  const name = 'kubernetes_build_info';
  if (registry.getSingleMetric(name)) return;
  const snakeCase = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const labels = Object.fromEntries(Object.entries(build).map(([field, value]) => [snakeCase(field), value]));
  const help = 'Always 1; the labels say what was built';
  new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] }).set(labels, 1);
}
