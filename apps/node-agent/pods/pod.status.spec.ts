import type { PodSpec, PodStatus } from '@shiplog/domain';
import type { ObservedContainer } from '../runtime/pod-runtime.js';
import { aContainer, aPod, aRun, aSandbox, exited, noon, seen } from '../testing/pods.js';
import type { WaitingReason } from './container.status.js';
import { podStatus, timeOf } from './pod.status.js';
import { isUpToDate, statusPatch } from './status-writer.js';

interface Case {
  readonly spec?: Partial<PodSpec>;
  readonly before?: PodStatus;
  readonly runs?: ObservedContainer[];
  readonly unready?: string[];
  readonly waiting?: Record<string, WaitingReason>;
  readonly failure?: WaitingReason;
  readonly deleting?: boolean;
}

const statusOf = ({ spec = {}, before, runs = [], unready = [], waiting = {}, failure, deleting }: Case): PodStatus =>
  podStatus({
    pod: aPod(spec, before, deleting ? { deletionTimestamp: timeOf(noon) } : {}),
    observed: seen(runs.length > 0 ? [aSandbox()] : [], runs),
    now: noon,
    nodeIps: ['10.200.0.2'],
    waiting: new Map(Object.entries(waiting)),
    failure,
    health: (id) => ({ started: !unready.includes(id), ready: !unready.includes(id) }),
  });

/** Phase, then the state of each container: `name:state(reason)restarts`. */
function inShort({ phase, initContainerStatuses = [], containerStatuses = [] }: PodStatus): string {
  const states = [...initContainerStatuses, ...containerStatuses].map(({ name, state, restartCount }) => {
    const what = Object.keys(state ?? {})[0];
    const why = state?.waiting?.reason ?? state?.terminated?.reason ?? '';
    return `${name}:${what}(${why})${restartCount}`;
  });
  return [phase, ...states].join(' ');
}

const two = { containers: [aContainer('app'), aContainer('second')] };
const never = { restartPolicy: 'Never' } as const;
const init = { initContainers: [aContainer('setup')] };
const sidecar = { initContainers: [aContainer('proxy', { restartPolicy: 'Always' })] };
const crash = { app: { reason: 'CrashLoopBackOff' } };

const cases: [string, Case, string][] = [
  ['new', {}, 'Pending app:waiting(ContainerCreating)0'],
  ['new with init containers', { spec: init }, 'Pending setup:waiting(PodInitializing)0 app:waiting(PodInitializing)0'],
  ['initializing', { spec: init, runs: [aRun('setup')] }, 'Pending setup:running()0 app:waiting(PodInitializing)0'],
  [
    'initialized',
    { spec: init, runs: [exited('setup', 0)] },
    'Pending setup:terminated(Completed)0 app:waiting(ContainerCreating)0',
  ],
  [
    'init failed for good',
    { spec: { ...init, ...never }, runs: [exited('setup', 1)] },
    'Failed setup:terminated(Error)0 app:waiting(PodInitializing)0',
  ],
  [
    'sidecar starting',
    { spec: sidecar, runs: [aRun('proxy')], unready: ['proxy-0'] },
    'Pending proxy:running()0 app:waiting(PodInitializing)0',
  ],
  ['running', { runs: [aRun('app')] }, 'Running app:running()0'],
  [
    'one of two started',
    { spec: two, runs: [aRun('app')] },
    'Pending app:running()0 second:waiting(ContainerCreating)0',
  ],
  ['restarted', { runs: [aRun('app', { attempt: 3 }), exited('app', 1, { attempt: 2 })] }, 'Running app:running()3'],
  ['between two runs', { runs: [exited('app', 1)] }, 'Running app:terminated(Error)0'],
  ['backing off', { runs: [exited('app', 1)], waiting: crash }, 'Running app:waiting(CrashLoopBackOff)0'],
  ['out of memory', { runs: [exited('app', 137, { reason: 'OOMKilled' })] }, 'Running app:terminated(OOMKilled)0'],
  ['completed', { spec: never, runs: [exited('app', 0)] }, 'Succeeded app:terminated(Completed)0'],
  [
    'one failed, the other runs',
    { spec: { ...two, ...never }, runs: [exited('app', 1), aRun('second')] },
    'Running app:terminated(Error)0 second:running()0',
  ],
  [
    'one failed, the other completed',
    { spec: { ...two, ...never }, runs: [exited('app', 1), exited('second', 0)] },
    'Failed app:terminated(Error)0 second:terminated(Completed)0',
  ],
  [
    'failed and to be tried again',
    { spec: { restartPolicy: 'OnFailure' }, runs: [exited('app', 1)] },
    'Running app:terminated(Error)0',
  ],
  [
    'without its image',
    { waiting: { app: { reason: 'ErrImagePull', message: 'no' } } },
    'Pending app:waiting(ErrImagePull)0',
  ],
  ['deleted while it ran', { deleting: true, runs: [aRun('app')] }, 'Running app:running()0'],
  ['deleted and ended well', { deleting: true, runs: [exited('app', 0)] }, 'Succeeded app:terminated(Completed)0'],
  ['deleted and killed', { deleting: true, runs: [exited('app', 137)] }, 'Failed app:terminated(Error)0'],
  ['an end is for ever', { before: { phase: 'Failed' }, runs: [aRun('app')] }, 'Failed app:running()0'],
];

describe('podStatus', () => {
  test.each(cases)('%s', (_, given, expected) => expect(inShort(statusOf(given))).toBe(expected));

  it('gives addresses, class, start and generation', () => {
    expect(statusOf({ runs: [aRun('app')] })).toMatchObject({
      podIP: '10.201.0.2',
      podIPs: [{ ip: '10.201.0.2' }],
      hostIP: '10.200.0.2',
      qosClass: 'BestEffort',
      startTime: timeOf(noon),
      observedGeneration: 1,
    });
    expect(statusOf({ spec: { hostNetwork: true }, runs: [aRun('app')] }).podIP).toBe('10.200.0.2');
  });

  it('keeps the address of a pod whose sandbox is gone', () => {
    const before: PodStatus = { podIP: '10.201.0.9', podIPs: [{ ip: '10.201.0.9' }] };
    expect(statusOf({ before }).podIP).toBe('10.201.0.9');
  });

  it('keeps the last end of a container that runs again', () => {
    const [app] = statusOf({ runs: [aRun('app', { attempt: 1 }), exited('app', 3)] }).containerStatuses ?? [];
    expect(app).toMatchObject({
      ready: true,
      restartCount: 1,
      containerID: 'containerd://app-1',
      lastState: { terminated: { exitCode: 3 } },
    });
  });

  it('refuses with a reason and leaves what was never started unmentioned', () => {
    const status = statusOf({ failure: { reason: 'OutOfcpu', message: 'too much' } });
    expect(status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message: 'too much' });
    expect(status.containerStatuses).toBeUndefined();
  });

  it('reports a container that vanished while it ran', () => {
    const running = {
      name: 'app',
      ready: true,
      restartCount: 2,
      image: 'i',
      imageID: 'x',
      state: { running: {} },
      containerID: 'containerd://gone',
    };
    const [app] = statusOf({ before: { containerStatuses: [running] } }).containerStatuses ?? [];
    expect(app).toMatchObject({
      ready: false,
      restartCount: 2,
      lastState: { terminated: { reason: 'ContainerStatusUnknown', exitCode: 137 } },
    });
  });
});

describe('conditions', () => {
  const shortly = (status: PodStatus): string[] =>
    (status.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is}${reason ? `(${reason})` : ''}`);

  test.each<[string, Case, string[]]>([
    [
      'new',
      { spec: init },
      [
        'PodReadyToStartContainers=False',
        'Initialized=False(ContainersNotInitialized)',
        'Ready=False(ContainersNotReady)',
        'ContainersReady=False(ContainersNotReady)',
        'PodScheduled=True',
      ],
    ],
    [
      'ready',
      { runs: [aRun('app')] },
      ['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True'],
    ],
    [
      'not ready',
      { runs: [aRun('app')], unready: ['app-0'] },
      [
        'PodReadyToStartContainers=True',
        'Initialized=True',
        'Ready=False(ContainersNotReady)',
        'ContainersReady=False(ContainersNotReady)',
        'PodScheduled=True',
      ],
    ],
    [
      'completed',
      { spec: never, runs: [exited('app', 0)] },
      [
        'PodReadyToStartContainers=True',
        'Initialized=True(PodCompleted)',
        'Ready=False(PodCompleted)',
        'ContainersReady=False(PodCompleted)',
        'PodScheduled=True',
      ],
    ],
    [
      'waiting at a gate',
      { spec: { readinessGates: [{ conditionType: 'example.org/open' }] }, runs: [aRun('app')] },
      [
        'PodReadyToStartContainers=True',
        'Initialized=True',
        'Ready=False(ReadinessGatesNotReady)',
        'ContainersReady=True',
        'PodScheduled=True',
      ],
    ],
  ])('%s', (_, given, expected) => expect(shortly(statusOf(given))).toEqual(expected));

  it('change their time only with their status', () => {
    const before = {
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: 'then' },
        { type: 'Initialized', status: 'False', lastTransitionTime: 'then' },
      ],
    } as PodStatus;
    const after = statusOf({ before, runs: [aRun('app')] }).conditions;
    expect(after?.find(({ type }) => type === 'Ready')?.lastTransitionTime).toBe('then');
    expect(after?.find(({ type }) => type === 'Initialized')?.lastTransitionTime).toBe(timeOf(noon));
  });
});

describe('writing a status', () => {
  const before = {
    phase: 'Pending',
    reason: 'Old',
    podIPs: [{ ip: 'a' }],
    conditions: [
      { type: 'Ready', status: 'False', message: 'no' },
      { type: 'Foreign', status: 'True' },
    ],
  } as PodStatus;
  const wanted = {
    phase: 'Running',
    podIPs: [{ ip: 'b' }],
    conditions: [{ type: 'Ready', status: 'True' }],
  } as PodStatus;

  it('names what is to go', () => {
    expect(statusPatch(wanted, before)).toEqual({
      phase: 'Running',
      reason: null,
      podIPs: [{ ip: 'b' }, { $patch: 'replace' }],
      conditions: [{ type: 'Ready', status: 'True', message: null }],
    });
  });

  it('is needless if all of it is there, whatever others added', () => {
    const there = {
      ...wanted,
      conditions: [...(wanted.conditions ?? []), { type: 'Foreign', status: 'True' }],
    } as PodStatus;
    expect([
      isUpToDate(wanted, there),
      isUpToDate(wanted, before),
      isUpToDate(wanted, { ...there, message: 'stale' }),
    ]).toEqual([true, false, false]);
  });
});
