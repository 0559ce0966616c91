import type { PodSpec } from '@shiplog/domain';
import { containerHashAnnotation, type ObservedContainer, type ObservedSandbox } from '../runtime/pod-runtime.js';
import { aContainer, aPod, aRun, aSandbox, exited, noon, seen } from '../testing/pods.js';
import { planPod, type ContainerHealth, type PodAction } from './pod.plan.js';

interface Case {
  readonly spec?: Partial<PodSpec>;
  readonly sandboxes?: ObservedSandbox[];
  readonly runs?: ObservedContainer[];
  readonly health?: Partial<ContainerHealth>;
  readonly restartAt?: number;
  readonly restartCount?: number;
}

/** An action in short: what, on which container or sandbox, with which attempt or cause. */
function inShort(action: PodAction): string {
  switch (action.type) {
    case 'createSandbox':
      return `createSandbox#${action.attempt}`;
    case 'startContainer':
      return `start ${action.container.spec.name}#${action.attempt}`;
    case 'stopContainer':
      return `stop ${action.container.spec.name} (${action.cause})`;
    default:
      return `${action.type} ${action.id}`;
  }
}

function plan({ spec = {}, sandboxes = [], runs = [], health = {}, restartAt, restartCount }: Case) {
  const status =
    restartCount === undefined
      ? undefined
      : {
          containerStatuses: [
            { name: 'app', ready: true, restartCount, image: '', imageID: '', containerID: 'containerd://old' },
          ],
        };
  return planPod({
    pod: aPod(spec, status),
    observed: seen(sandboxes, runs),
    now: noon,
    health: () => ({ started: true, ready: true, ...health }),
    restartAt: () => restartAt,
  });
}

const two = { containers: [aContainer('app'), aContainer('second')] };
const never = { restartPolicy: 'Never' } as const;
const onFailure = { restartPolicy: 'OnFailure' } as const;
const init = { initContainers: [aContainer('first'), aContainer('setup')] };
const sidecar = { initContainers: [aContainer('proxy', { restartPolicy: 'Always' }), aContainer('setup')] };
const up = [aSandbox()];
const otherImage = { annotations: { [containerHashAnnotation]: 'other' } };

const cases: [string, Case, string[]][] = [
  ['a new pod gets a sandbox', {}, ['createSandbox#0']],
  ['then its containers, side by side', { spec: two, sandboxes: up }, ['start app#0', 'start second#0']],
  ['what runs is left alone', { sandboxes: up, runs: [aRun('app')] }, []],
  [
    'a sandbox without address is replaced',
    { sandboxes: [aSandbox({ ips: [] })] },
    ['stopSandbox s0', 'createSandbox#1'],
  ],
  [
    'with host networking it needs none',
    { spec: { hostNetwork: true }, sandboxes: [aSandbox({ ips: [] })] },
    ['start app#0'],
  ],
  [
    'a dead sandbox is replaced',
    { sandboxes: [aSandbox({ ready: false })], runs: [exited('app', 137)] },
    ['createSandbox#1'],
  ],
  [
    'but not for a pod that has completed',
    { spec: never, sandboxes: [aSandbox({ ready: false })], runs: [exited('app', 0)] },
    [],
  ],
  [
    'after a new sandbox init containers run again',
    {
      spec: init,
      sandboxes: [aSandbox({ id: 's1' }), aSandbox({ ready: false })],
      runs: [exited('first', 0), exited('app', 137)],
    },
    ['start first#1'],
  ],
  ['init containers run one after the other', { spec: init, sandboxes: up }, ['start first#0']],
  ['each waits for the one before it', { spec: init, sandboxes: up, runs: [aRun('first')] }, []],
  ['the next follows', { spec: init, sandboxes: up, runs: [exited('first', 0)] }, ['start setup#0']],
  [
    'app containers come last',
    { spec: init, sandboxes: up, runs: [exited('first', 0), exited('setup', 0)] },
    ['start app#0'],
  ],
  [
    'a failed init container starts again',
    { spec: init, sandboxes: up, runs: [exited('first', 1)] },
    ['start first#1'],
  ],
  [
    'unless the pod never restarts',
    { spec: { ...init, ...never }, sandboxes: up, runs: [exited('first', 1)] },
    ['stopSandbox s0'],
  ],
  ['a sidecar starts like an init container', { spec: sidecar, sandboxes: up }, ['start proxy#0']],
  [
    'the next waits until it has started',
    { spec: sidecar, sandboxes: up, runs: [aRun('proxy')], health: { started: false } },
    [],
  ],
  ['and goes on beside it', { spec: sidecar, sandboxes: up, runs: [aRun('proxy')] }, ['start setup#0']],
  [
    'a sidecar that ended starts again beside the running app',
    { spec: sidecar, sandboxes: up, runs: [exited('proxy', 0), exited('setup', 0), aRun('app')] },
    ['start proxy#1'],
  ],
  [
    'when the apps have completed sidecars stop',
    { spec: { ...sidecar, ...never }, sandboxes: up, runs: [aRun('proxy'), exited('setup', 0), exited('app', 0)] },
    ['stop proxy (podCompleted)'],
  ],
  ['an exited container restarts: Always', { sandboxes: up, runs: [exited('app', 0)] }, ['start app#1']],
  ['OnFailure after a failure', { spec: onFailure, sandboxes: up, runs: [exited('app', 1)] }, ['start app#1']],
  ['not OnFailure after success', { spec: onFailure, sandboxes: up, runs: [exited('app', 0)] }, ['stopSandbox s0']],
  ['Never', { spec: never, sandboxes: up, runs: [exited('app', 1)] }, ['stopSandbox s0']],
  [
    'one container has completed while another runs',
    { spec: { ...two, ...never }, sandboxes: up, runs: [exited('app', 0), aRun('second')] },
    [],
  ],
  [
    'a rule of the container restarts it by its exit code',
    {
      spec: {
        ...never,
        containers: [
          aContainer('app', {
            restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
          }),
        ],
      },
      sandboxes: up,
      runs: [exited('app', 42)],
    },
    ['start app#1'],
  ],
  ['it waits for its back-off', { sandboxes: up, runs: [exited('app', 1)], restartAt: noon + 1 }, []],
  [
    'what failed its liveness probe stops',
    { sandboxes: up, runs: [aRun('app')], health: { failed: 'liveness' } },
    ['stop app (livenessFailed)'],
  ],
  [
    'or never started',
    { sandboxes: up, runs: [aRun('app')], health: { failed: 'startup' } },
    ['stop app (startupFailed)'],
  ],
  [
    'a new image stops the old container',
    { sandboxes: up, runs: [aRun('app', otherImage)] },
    ['stop app (definitionChanged)'],
  ],
  [
    'and starts the new one, whatever the policy',
    { spec: never, sandboxes: up, runs: [exited('app', 137, otherImage)] },
    ['start app#1'],
  ],
  [
    'a container that was created only is made anew',
    { sandboxes: up, runs: [aRun('app', { state: 'created' })] },
    ['removeContainer app-0', 'start app#0'],
  ],
  [
    'restarts are counted on from the status if the runtime forgot',
    { sandboxes: up, restartCount: 4 },
    ['start app#5'],
  ],
  [
    'two runs of a container are kept',
    {
      sandboxes: up,
      runs: [aRun('app', { attempt: 2 }), exited('app', 1, { attempt: 1 }), exited('app', 1, { attempt: 0 })],
    },
    ['removeContainer app-0'],
  ],
  [
    'and sandboxes as long as one of those was in them',
    {
      sandboxes: [aSandbox({ id: 's2' }), aSandbox({ id: 's1', ready: false }), aSandbox({ ready: false })],
      runs: [aRun('app', { sandboxId: 's2', attempt: 1 }), exited('app', 1, { sandboxId: 's1' })],
    },
    ['removeSandbox s0'],
  ],
  [
    'an ephemeral container starts once',
    { spec: { ephemeralContainers: [aContainer('look') as never] }, sandboxes: up, runs: [aRun('app')] },
    ['start look#0'],
  ],
  [
    'and never again',
    {
      spec: { ephemeralContainers: [aContainer('look') as never] },
      sandboxes: up,
      runs: [exited('look', 0), aRun('app')],
    },
    [],
  ],
];

describe('planPod', () => {
  test.each(cases)('%s', (_, given, expected) => expect(plan(given).actions.map(inShort)).toEqual(expected));

  it('says which containers back off, and until when', () => {
    const { backingOff, retryAt } = plan({ sandboxes: up, runs: [exited('app', 1)], restartAt: noon + 5_000 });
    expect({ backingOff, retryAt }).toEqual({ backingOff: ['app'], retryAt: noon + 5_000 });
  });
});
