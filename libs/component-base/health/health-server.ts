import { createServer, type Server } from 'node:http';
import { register } from 'prom-client';
import { processMetrics } from '../metrics/process-metrics.js';
import { renderHealth, runHealthChecks, type HealthCheck } from './health-checks.js';

/** Serves /livez, /readyz, /healthz and /metrics of one component on a loopback port (0: any free one). Stops with the signal. */
export function serveHealth(port: number, readiness: readonly HealthCheck[], signal: AbortSignal): Promise<Server> {
  processMetrics();
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then(({ code, text, type }) =>
      response.writeHead(code, { 'content-type': type }).end(text),
    );
  });
  const answer = async (url: string): Promise<{ code: number; text: string; type: string }> => {
    const path = url.split('?')[0] ?? '/';
    if (path === '/metrics') return { code: 200, text: await register.metrics(), type: register.contentType };
    if (path === '/livez') return { code: 200, text: 'ok', type: 'text/plain' };
    if (path !== '/readyz' && path !== '/healthz')
      return { code: 404, text: '404 page not found\n', type: 'text/plain' };
    const report = await runHealthChecks(readiness);
    return { code: report.healthy ? 200 : 500, text: renderHealth(path.slice(1), report), type: 'text/plain' };
  };
  signal.addEventListener('abort', () => server.close(), { once: true });
  return new Promise((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server)),
  );
}
