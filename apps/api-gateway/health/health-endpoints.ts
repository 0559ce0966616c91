import { renderHealth, runHealthChecks, type HealthCheck } from '@shiplog/component-base';
import type { PathEndpoint } from '../gateway.js';
import type { Answer } from '../request/incoming-request.js';
import type { RequestContext } from '../request/request-context.js';
import { textAnswer } from '../request/status-answer.js';

/** Which checks a path runs. Liveness must not hang on what a restart cannot mend. */
export interface HealthChecks {
  readonly livez: readonly HealthCheck[];
  readonly readyz: readonly HealthCheck[];
}

const notFound = (): Answer => textAnswer(404, '404 page not found\n');

async function run(name: string, checks: readonly HealthCheck[], { incoming }: RequestContext): Promise<Answer> {
  const excluded = new Set(incoming.query.getAll('exclude'));
  const report = await runHealthChecks(checks.filter((check) => !excluded.has(check.name)));
  if (report.healthy && !incoming.query.has('verbose')) return textAnswer(200, 'ok');
  return textAnswer(report.healthy ? 200 : 500, renderHealth(name, report));
}

async function one(checks: readonly HealthCheck[], name: string): Promise<Answer> {
  const check = checks.find((candidate) => candidate.name === name);
  if (!check) return notFound();
  const { healthy, checks: results } = await runHealthChecks([check]);
  return healthy ? textAnswer(200, 'ok') : textAnswer(500, `internal server error: ${results[0]?.failure ?? ''}\n`);
}

/** /healthz, /livez and /readyz, whole or check by check: `?verbose` lists them, `?exclude=` leaves one out. */
export function healthEndpoints({ livez, readyz }: HealthChecks): PathEndpoint[] {
  return Object.entries({ healthz: readyz, livez, readyz }).flatMap(([name, checks]): PathEndpoint[] => [
    { path: `/${name}`, handle: (context) => run(name, checks, context) },
    { path: `/${name}/*`, handle: ({ info }) => one(checks, info.path.slice(name.length + 2)) },
  ]);
}
