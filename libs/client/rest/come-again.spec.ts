import type { ApiAnswer } from './api-request.js';
import { comingAgain } from './come-again.js';

const refused = (details?: object): ApiAnswer => ({
  code: 429,
  body: { kind: 'Status', reason: 'TooManyRequests', details },
});
const overloaded = refused({ retryAfterSeconds: 1 });
const done: ApiAnswer = { code: 201, body: {} };

test.each<[string, ApiAnswer[], number, number]>([
  ['what is answered is answered', [done], 201, 1],
  ['an overloaded server is asked again', [overloaded, overloaded, done], 201, 3],
  ['but not for ever', new Array<ApiAnswer>(20).fill(overloaded), 429, 10],
  ['a disruption budget is an answer', [refused({ retryAfterSeconds: 10, causes: [{}] }), done], 429, 1],
  ['who does not say when is not asked again', [refused(), done], 429, 1],
])('%s', async (_, answers, code, attempts) => {
  let sent = 0;
  const waits: (number | undefined)[] = [];
  const wait = ((ms?: number) => Promise.resolve(waits.push(ms))) as never;
  const transport = comingAgain({ send: () => Promise.resolve(answers[sent++] as ApiAnswer) }, wait);
  expect((await transport.send({ method: 'POST', path: '/x' })).code).toBe(code);
  expect([sent, waits]).toEqual([attempts, new Array(attempts - 1).fill(1_000)]);
});
