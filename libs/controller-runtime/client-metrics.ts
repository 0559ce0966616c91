import type { CommandTransport } from '@shiplog/client';
import { spreads, tallies, type Spread, type Tally } from '@shiplog/component-base';

const host = 'api-gateway';

const requests = tallies({
  name: 'rest_client_requests_total',
  help: 'Commands sent to the gateway, by method and status code; <error>: there was no answer',
  labelNames: ['code', 'host', 'method'],
});
const seconds = spreads({
  name: 'rest_client_request_duration_seconds',
  help: 'Time from a command to its answer',
  labelNames: ['verb', 'host'],
  buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
});

/** The same transport, counted under the names that the reference's clients have for it. */
export function countedCommands(transport: CommandTransport): CommandTransport {
  const counts = new Map<string, Tally>();
  const durations = new Map<string, Spread>();
  const count = (method: string, code: string): void => {
    const key = `${method} ${code}`;
    let tally = counts.get(key);
    if (!tally) counts.set(key, (tally = requests({ code, host, method })));
    tally.add();
  };
  const observe = (method: string, startedAt: number): void => {
    let spread = durations.get(method);
    if (!spread) durations.set(method, (spread = seconds({ verb: method, host })));
    spread.observe((performance.now() - startedAt) / 1000);
  };
  return {
    async send(command, signal) {
      const startedAt = performance.now();
      try {
        const answer = await transport.send(command, signal);
        count(command.method, String(answer.code));
        return answer;
      } catch (error) {
        count(command.method, '<error>');
        throw error;
      } finally {
        observe(command.method, startedAt);
      }
    },
  };
}
