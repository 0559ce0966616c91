import { AppendUnknown, type NewResourceEvent, type Revision, type StatusError } from '@shiplog/domain';
import { MemoryEventStore } from '@shiplog/event-store';
import type { Gateway } from '../gateway.js';
import { handleRequest } from '../request-pipeline.js';
import { memoryGateway } from '../testing/memory-gateway.js';
import { clientIsGone, serverStops } from './broken-off.js';
import { RequestScope } from './request-scope.js';

/** A log that does not answer before whoever asks gives up. */
class SilentStore extends MemoryEventStore {
  readonly asked = Promise.withResolvers<void>();

  override append(event: NewResourceEvent, _expected: Revision, signal?: AbortSignal): Promise<Revision> {
    this.asked.resolve();
    const { promise, reject } = Promise.withResolvers<Revision>();
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(new AppendUnknown(`${event.key.name}: no answer`)));
    return promise;
  }
}

const stop = new AbortController();
afterAll(() => stop.abort());

const body = Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }));

/** A create that is ended while the log is silent. */
async function brokenOff(by: StatusError) {
  const store = new SilentStore();
  const gateway: Gateway = await memoryGateway(store, stop.signal);
  const logged = { error: jest.spyOn(gateway.logger, 'error'), warn: jest.spyOn(gateway.logger, 'warn') };
  const scope = new RequestScope({
    ...{ method: 'POST', path: '/api/v1/namespaces', query: new URLSearchParams(), sourceIp: '' },
    trustedUser: { name: 'admin', groups: ['system:masters'] },
    headers: { 'content-type': 'application/json' },
    body: () => Promise.resolve(body),
  });
  const answered = handleRequest(scope, gateway);
  await store.asked.promise;
  scope.abort(by);
  const answer = await answered;
  if ('stream' in answer) throw new Error('a create is no stream');
  return { answer, faults: logged.error.mock.calls.length, failures: logged.warn.mock.calls.length };
}

test('a request whose client hung up is no failure of the server', async () => {
  const { answer, faults, failures } = await brokenOff(clientIsGone());
  expect([answer.code, faults, failures]).toEqual([499, 0, 0]);
});

test('a write that the server breaks off as it stops may be there or not, and may be sent again', async () => {
  const { answer, faults } = await brokenOff(serverStops());
  expect([answer.code, answer.headers?.['retry-after'], faults]).toEqual([504, '1', 0]);
});
