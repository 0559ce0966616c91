import type { ContainerUsage, PodRuntime } from '../runtime/pod-runtime.js';

/** Rates need two measurements: the last one of each container is kept. */
export class UsageStats {
  private readonly before = new Map<string, ContainerUsage>();

  constructor(
    private readonly nodeName: string,
    private readonly runtime: PodRuntime,
  ) {}

  /** The summary that autoscalers and `kubectl top` are fed from (stats/v1alpha1). */
  async summary(): Promise<object> {
    const usages = await this.runtime.usage();
    const measured = usages.map((usage) => ({ usage, stats: this.measure(usage) }));
    const uids = [...new Set(usages.map(({ podUid }) => podUid))];
    return {
      node: { nodeName: this.nodeName, ...total(measured.map(({ stats }) => stats)) },
      pods: uids.map((uid) => {
        const own = measured.filter(({ usage }) => usage.podUid === uid);
        const { podName: name = '', podNamespace: namespace = '' } = own[0]?.usage ?? {};
        const stats = own.map(({ stats: one }) => one);
        return {
          podRef: { name, namespace, uid },
          containers: own.map(({ usage, stats: one }) => ({ name: usage.container, ...one })),
          ...total(stats),
        };
      }),
    };
  }

  /** What metrics-server scrapes, in the text format of Prometheus. */
  async resourceMetrics(): Promise<string> {
    const usages = await this.runtime.usage();
    const labels = ({ container, podNamespace, podName }: ContainerUsage): string =>
      `{container=${JSON.stringify(container)},namespace=${JSON.stringify(podNamespace)},pod=${JSON.stringify(podName)}}`;
    return [
      '# HELP container_cpu_usage_seconds_total Cumulative cpu time consumed by the container in core-seconds',
      '# TYPE container_cpu_usage_seconds_total counter',
      ...usages.map((u) => `container_cpu_usage_seconds_total${labels(u)} ${(u.cpuNanoseconds ?? 0) / 1e9} ${u.at}`),
      '# HELP container_memory_working_set_bytes Current working set of the container in bytes',
      '# TYPE container_memory_working_set_bytes gauge',
      ...usages.map((u) => `container_memory_working_set_bytes${labels(u)} ${u.workingSetBytes ?? 0} ${u.at}`),
      '',
    ].join('\n');
  }

  private measure(usage: ContainerUsage): Measured {
    const key = `${usage.podUid}/${usage.container}`;
    const before = this.before.get(key);
    this.before.set(key, usage);
    const elapsed = before ? (usage.at - before.at) / 1000 : 0;
    const used = (usage.cpuNanoseconds ?? 0) - (before?.cpuNanoseconds ?? 0);
    const time = new Date(usage.at).toISOString();
    return {
      cpu: {
        time,
        usageNanoCores: elapsed > 0 && used >= 0 ? Math.round(used / elapsed) : 0,
        usageCoreNanoSeconds: usage.cpuNanoseconds ?? 0,
      },
      memory: { time, workingSetBytes: usage.workingSetBytes ?? 0 },
    };
  }
}

interface Measured {
  readonly cpu: { time: string; usageNanoCores: number; usageCoreNanoSeconds: number };
  readonly memory: { time: string; workingSetBytes: number };
}

const total = (all: readonly Measured[]): Measured => ({
  cpu: {
    time: all[0]?.cpu.time ?? new Date().toISOString(),
    usageNanoCores: all.reduce((sum, { cpu }) => sum + cpu.usageNanoCores, 0),
    usageCoreNanoSeconds: all.reduce((sum, { cpu }) => sum + cpu.usageCoreNanoSeconds, 0),
  },
  memory: {
    time: all[0]?.memory.time ?? new Date().toISOString(),
    workingSetBytes: all.reduce((sum, { memory }) => sum + memory.workingSetBytes, 0),
  },
});
