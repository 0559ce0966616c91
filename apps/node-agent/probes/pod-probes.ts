import { containersOf, isDeleting, statusOf, type PodContainer, type StoredPod } from '../pods/pod.js';
import type { PodEvents, PodProbes } from '../pods/pod-host.js';
import { usableSandbox, type ContainerHealth } from '../pods/pod.plan.js';
import { containerId } from '../pods/container.status.js';
import type { ObservedContainer, ObservedPod, PodRuntime } from '../runtime/pod-runtime.js';
import { ContainerProbes } from './container-probes.js';
import { tryProbe } from './probe-request.js';
import type { ProbeKind, ProbeOutcome } from './probe-state.js';

export interface ProbeHost {
  readonly runtime: PodRuntime;
  readonly nodeIps: readonly string[];
  readonly events: PodEvents;
  now(): number;
}

/** Probes the running containers of one pod. `onChange`: a container became ready, unready, started or unhealthy. */
export function podProbes(host: ProbeHost, onChange: () => void): PodProbes {
  const running = new Map<string, ContainerProbes>();
  let pod: StoredPod;
  let observed: ObservedPod;

  const begin = (container: PodContainer, run: ObservedContainer): ContainerProbes =>
    new ContainerProbes({
      container,
      startedAt: run.startedAt ?? host.now(),
      before: reported(pod, run),
      now: host.now,
      onChange,
      attempt: (_kind, probe) => {
        const podIp = usableSandbox({ pod, observed })?.ips[0] ?? host.nodeIps[0] ?? '';
        return tryProbe(probe, { runtime: host.runtime, containerId: run.id, container: container.spec, podIp });
      },
      onFailure: (kind, outcome) =>
        host.events.record(pod, 'Warning', 'Unhealthy', complaint(kind, outcome), container),
    });

  return {
    follow: (nextPod, nextObserved) => {
      pod = nextPod;
      observed = nextObserved;
      const runs = observed.containers.filter(({ state }) => state === 'running');
      for (const run of runs) {
        const container = containersOf(pod).find(({ spec }) => spec.name === run.name);
        if (container && !running.has(run.id)) running.set(run.id, begin(container, run));
      }
      for (const [id, probes] of running) {
        if (isDeleting(pod)) probes.endLiveness();
        if (runs.some((run) => run.id === id)) continue;
        probes.stop();
        running.delete(id);
      }
    },
    health: (id): ContainerHealth => running.get(id)?.health ?? { started: false, ready: false },
    stop: () => {
      for (const probes of running.values()) probes.stop();
    },
  };
}

/** What the pod's status says about this very run: the agent may be new, the container need not be. */
function reported({ status }: StoredPod, run: ObservedContainer): { started: boolean; ready: boolean } | undefined {
  const named = statusOf(status, run.name);
  const known = named?.containerID === containerId(run) ? named : undefined;
  return known && { started: known.started === true, ready: known.ready };
}

const complaint = (kind: ProbeKind, { result, output }: ProbeOutcome): string =>
  `${kind.charAt(0).toUpperCase()}${kind.slice(1)} probe ${result === 'unknown' ? 'errored and resulted in unknown state' : 'failed'}: ${output}`;
