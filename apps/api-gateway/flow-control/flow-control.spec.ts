import type { FlowSchema, PriorityLevelConfiguration, UserInfo } from '@shiplog/domain';
import { resolveRequestInfo, type RequestInfo } from '../request/request-info.js';
import { bootstrapRules } from './bootstrap-rules.js';
import { nextCapacity, type LoopLoad } from './capacity.js';
import { FlowControl } from './flow-control.js';
import { seatsOf } from './request-seats.js';
import { Refusals } from './refusals.js';
import { allocateSeats, shareSeats, type LevelDemand } from './seat-limits.js';
import { dealHand, flowHash } from './shuffle-shard.js';

const authenticated = 'system:authenticated';
const user = (name: string, ...groups: string[]): UserInfo => ({ name, groups: [...groups, authenticated] });
const account = (namespace: string, name: string): UserInfo =>
  user(`system:serviceaccount:${namespace}:${name}`, 'system:serviceaccounts', `system:serviceaccounts:${namespace}`);
const asked = (line: string): RequestInfo => {
  const [method = '', url = ''] = line.split(' ');
  const [path = '', query = ''] = url.split('?');
  return resolveRequestInfo(method, path, new URLSearchParams(query));
};
const control = (seats = 600): FlowControl => new FlowControl(bootstrapRules, seats);
const quarter = (): number => 15_000;

describe('classification by the bootstrap rules', () => {
  const admin = user('root', 'system:masters');
  const node = user('system:node:n1', 'system:nodes');
  const jane = user('jane');
  const nobody: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
  test.each<[string, UserInfo, string, string, string]>([
    ['administrators are exempt', admin, 'POST /api/v1/namespaces/a/pods', 'exempt', ''],
    ['probes are exempt for anybody', nobody, 'GET /livez', 'probes', ''],
    ['what is below a probe as well', nobody, 'GET /readyz/log', 'probes', ''],
    ['strangers are all one user', nobody, 'GET /version', 'global-default', 'system:anonymous'],
    [
      'heartbeats of nodes',
      node,
      'PUT /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1',
      'system-node-high',
      node.name,
    ],
    ['status of nodes', node, 'PATCH /api/v1/nodes/n1/status', 'system-node-high', node.name],
    ['other requests of nodes', node, 'GET /api/v1/namespaces/a/pods/p', 'system-nodes', node.name],
    [
      'leader election',
      user('system:kube-scheduler'),
      'PUT /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler',
      'system-leader-election',
      'system:kube-scheduler',
    ],
    [
      'the scheduler, by namespace',
      user('system:kube-scheduler'),
      'POST /api/v1/namespaces/a/pods/p/binding',
      'kube-scheduler',
      'a',
    ],
    [
      'controllers',
      account('kube-system', 'job-controller'),
      'GET /api/v1/namespaces/b/pods',
      'kube-system-service-accounts',
      'b',
    ],
    [
      'other accounts, each by itself',
      account('b', 'x'),
      'GET /api/v1/pods',
      'service-accounts',
      'system:serviceaccount:b:x',
    ],
    ['people', jane, 'GET /api/v1/pods', 'global-default', 'jane'],
  ])('%s', (_, who, line, schema, distinguisher) => {
    const flow = control().flowOf(who, asked(line));
    expect([flow.schema.name, flow.distinguisher]).toEqual([schema, distinguisher]);
  });

  test('is remembered for a user and what it asks', () => {
    const flows = control();
    const first = flows.flowOf(jane, asked('GET /api/v1/namespaces/a/pods/x'));
    expect(flows.flowOf(jane, asked('GET /api/v1/namespaces/a/pods/y'))).toBe(first);
    expect(flows.flowOf(user('jane'), asked('GET /api/v1/namespaces/b/secrets'))).toBe(first);
  });

  test('follows the rules when they change, and leaves out schemas of levels that do not exist', () => {
    const flows = control();
    const schema = (level: string): FlowSchema =>
      ({
        metadata: { name: 'jane-first', uid: 'u1' },
        spec: {
          priorityLevelConfiguration: { name: level },
          matchingPrecedence: 50,
          rules: [
            {
              subjects: [{ kind: 'User', user: { name: 'jane' } }],
              resourceRules: [{ verbs: ['list'], apiGroups: [''], resources: ['pods'], namespaces: ['a'] }],
            },
          ],
        },
      }) as unknown as FlowSchema;
    const nameOf = (line: string): string => flows.flowOf(jane, asked(line)).schema.name;
    flows.configure({ ...bootstrapRules, schemas: [...bootstrapRules.schemas, schema('missing')] });
    expect(nameOf('GET /api/v1/namespaces/a/pods')).toBe('global-default');
    flows.configure({ ...bootstrapRules, schemas: [...bootstrapRules.schemas, schema('system')] });
    expect(['a', 'b'].map((namespace) => nameOf(`GET /api/v1/namespaces/${namespace}/pods`))).toEqual([
      'jane-first',
      'global-default',
    ]);
  });
});

describe('a request', () => {
  const jane = user('jane');
  const pods = asked('GET /api/v1/pods');

  test('is refused after it has waited as long as it may, and counted', () => {
    const flows = control(60);
    const flow = flows.flowOf(jane, pods);
    const level = flow.level.queues.limit;
    const running = Array.from({ length: level }, () => flows.arrive(flow, 1, 0, quarter));
    const late = flows.arrive(flow, 1, 0, quarter);
    let decided = 0;
    late.decided = () => decided++;
    flows.sweep(14_999);
    expect(late.state).toBe('waiting');
    flows.sweep(15_000);
    expect([late.state, decided, flow.tally.rejected['time-out'], flow.tally.waiting]).toEqual(['refused', 1, 1, 0]);
    for (const ticket of running) flows.finish(ticket, 15_001);
    expect([flow.tally.executing, flow.tally.seatsExecuting, flow.tally.dispatched]).toEqual([0, 0, level]);
  });

  test('gets the seat of one that is over', () => {
    const flows = control(60);
    const flow = flows.flowOf(jane, pods);
    const running = Array.from({ length: flow.level.queues.limit }, () => flows.arrive(flow, 1, 0, quarter));
    const next = flows.arrive(flow, 1, 0, quarter);
    const decided = new Promise<void>((resolve) => (next.decided = resolve));
    flows.finish(running[0] as never, 5);
    expect(next.state).toBe('executing');
    return decided;
  });

  test('of an exempt user always runs', () => {
    const flows = control(1);
    const flow = flows.flowOf(user('root', 'system:masters'), pods);
    const states = Array.from({ length: 5_000 }, () => flows.arrive(flow, 1, 0, quarter).state);
    expect(states.every((state) => state === 'executing')).toBe(true);
  });

  test('borrows the seats that others do not want', () => {
    const flows = control(600);
    const flow = flows.flowOf(jane, pods);
    const nominal = flow.level.queues.limit;
    for (let i = 0; i < nominal + 200; i++) flows.arrive(flow, 1, 0, quarter);
    flows.adjust(600, 1_000);
    expect(flow.level.queues.limit).toBeGreaterThanOrEqual(nominal + 200);
    expect(flow.tally.waiting).toBe(0);
  });

  test.each<[string, string, number, number]>([
    ['one object', 'GET /api/v1/namespaces/a/pods/p', 5_000, 1],
    ['a list', 'GET /api/v1/pods', 450, 5],
    ['a long list', 'GET /api/v1/pods', 5_000, 10],
    ['a page', 'GET /api/v1/pods?limit=200', 5_000, 2],
    ['an empty list', 'GET /api/v1/pods', 0, 1],
    ['one by its name', 'GET /api/v1/pods?fieldSelector=metadata.name%3Dx', 5_000, 1],
    ['a watch that goes on', 'GET /api/v1/pods?watch=1&resourceVersion=77', 5_000, 1],
    ['a watch that begins with a list', 'GET /api/v1/pods?watch=1', 300, 3],
    ['deleting all', 'DELETE /api/v1/namespaces/a/pods', 300, 3],
    ['a create', 'POST /api/v1/namespaces/a/pods', 5_000, 1],
  ])('costs seats: %s', (_, line, objects, seats) => {
    const query = new URLSearchParams(line.split('?')[1] ?? '');
    expect(seatsOf(asked(line), query, 10, () => objects)).toBe(seats);
  });
});

describe('a refusal', () => {
  test('is held back for who did not wait as it was told', () => {
    let now = 0;
    const refusals = new Refusals(() => now);
    const [patient, hasty] = [{}, {}];
    expect([refusals.delay(patient), refusals.delay(hasty)]).toEqual([0, 0]);
    now = 100;
    expect(refusals.delay(hasty)).toBe(900);
    now = 1_000;
    expect([refusals.delay(patient), refusals.delay(hasty)]).toEqual([0, 1_000]);
  });
});

describe('shuffle sharding', () => {
  test('deals different cards of the deck, the same to the same flow', () => {
    for (let i = 0; i < 200; i++) {
      const hand = dealHand(flowHash('schema', `user-${i}`), 64, 6);
      expect(new Set(hand).size).toBe(6);
      expect(hand.every((card) => card >= 0 && card < 64)).toBe(true);
      expect(dealHand(flowHash('schema', `user-${i}`), 64, 6)).toEqual(hand);
    }
  });

  test('deals by the digits of the hash', () => {
    expect(dealHand(0n, 8, 3)).toEqual([0, 1, 2]);
    expect(dealHand(7n + 8n * 6n + 56n * 5n, 8, 3)).toEqual([7, 6, 5]);
  });

  test('deals every card about as often', () => {
    const dealt = new Array<number>(16).fill(0);
    for (let i = 0; i < 4_000; i++)
      for (const card of dealHand(flowHash('s', `${i}`), 16, 4)) dealt[card] = (dealt[card] ?? 0) + 1;
    expect(Math.min(...dealt)).toBeGreaterThan(850);
    expect(Math.max(...dealt)).toBeLessThan(1_150);
  });
});

describe('seats of levels', () => {
  test('are shared as upstream shares them', () => {
    const levels = bootstrapRules.levels as readonly PriorityLevelConfiguration[];
    const shares = levels.map(({ spec: { limited, exempt } }) => ({
      shares: limited?.nominalConcurrencyShares ?? exempt?.nominalConcurrencyShares ?? 0,
      lendable: limited?.lendablePercent ?? 0,
    }));
    const limits = [...shareSeats(shares, 600).values()];
    expect(Object.fromEntries(levels.map(({ metadata }, i) => [metadata.name, limits[i]?.nominal]))).toEqual({
      exempt: 0,
      'catch-all': 13,
      'global-default': 49,
      'leader-election': 25,
      'node-high': 98,
      system: 74,
      'workload-high': 98,
      'workload-low': 245,
    });
  });

  const demand = (nominal: number, lower: number, peak: number, upper = 1_000): LevelDemand => ({
    limits: { nominal, lower, upper },
    peak,
    smoothed: peak,
    exempt: false,
  });
  const exempt = (peak: number): LevelDemand => ({ ...demand(0, 0, peak), exempt: true });
  test.each<[string, LevelDemand[], number[]]>([
    ['as shared while nobody wants more', [demand(60, 30, 5), demand(40, 20, 40)], [60, 40]],
    ['lent to who wants more', [demand(60, 30, 0), demand(40, 20, 90)], [30, 70]],
    ['kept by who uses them', [demand(60, 30, 60), demand(40, 20, 90)], [60, 40]],
    ['by what is wanted where both want more', [demand(50, 0, 100), demand(50, 0, 300)], [50, 50]],
    ['no more than may be borrowed', [demand(60, 10, 0), demand(40, 20, 90, 50)], [50, 50]],
    [
      'less for all when exempt requests take them',
      [exempt(50), demand(60, 30, 60), demand(40, 20, 90)],
      [Infinity, 30, 20],
    ],
  ])('%s', (_, levels, expected) => expect(allocateSeats(levels)).toEqual(expected));
});

describe('seats of the server', () => {
  const bounds = { latencyMs: 100, minSeats: 60, maxSeats: 600 };
  const load = (change: Partial<LoopLoad>): LoopLoad => ({
    elapsedMs: 1_000,
    busyMs: 900,
    turns: 1_000,
    seats: 2_000,
    waiting: 0,
    ...change,
  });
  test.each<[string, LoopLoad, number]>([
    ['what fits into the latency', load({ busyMs: 900, seats: 2_000 }), 222],
    ['no fewer than the least', load({ seats: 100 }), 60],
    ['no more than the most', load({ seats: 50_000 }), 600],
    ['unchanged by an idle loop', load({ busyMs: 100, seats: 90 }), 333],
    ['more when requests wait while the loop idles', load({ busyMs: 100, seats: 90, waiting: 5 }), 417],
    ['unchanged by too few to tell', load({ seats: 10 }), 333],
    ['less when turns take too long', load({ busyMs: 900, turns: 3, seats: 2_000 }), 74],
  ])('%s', (_, given, seats) => expect(nextCapacity({ seats: 333 }, given, bounds).seats).toBe(seats));

  test('learns slowly', () => {
    const first = nextCapacity({ seats: 600 }, load({ seats: 2_000 }), bounds);
    expect(nextCapacity(first, load({ seats: 1_000 }), bounds).seats).toBe(171);
  });
});
