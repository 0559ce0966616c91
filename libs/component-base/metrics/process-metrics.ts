import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, register, type Registry } from 'prom-client';
import { buildInfo } from './build-info.js';

const text = (file: string): string => {
  try {
    return readFileSync(`/proc/self/${file}`, 'utf8');
  } catch {
    return '';
  }
};
const found = (pattern: RegExp, content: string): number => Number(pattern.exec(content)?.[1] ?? 0);

/** Seconds since the epoch; the process's clock is the only one that needs no unit of the kernel's. */
const startedAt = (Date.now() - performance.now()) / 1000;

const gauges: readonly (readonly [name: string, help: string, value: () => number])[] = [
  ['process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss()],
  ['process_virtual_memory_bytes', 'Virtual memory', () => found(/^VmSize:\s+(\d+) kB$/m, text('status')) * 1024],
  ['process_start_time_seconds', 'When the process started', () => startedAt],
  ['process_open_fds', 'Open file descriptors', () => readdirSync('/proc/self/fd').length],
  ['process_max_fds', 'File descriptors that may be open', () => found(/^Max open files\s+(\d+)/m, text('limits'))],
  ['nodejs_heap_size_used_bytes', 'Heap in use', () => process.memoryUsage().heapUsed],
  ['nodejs_external_memory_bytes', 'Buffers outside the heap', () => process.memoryUsage().external],
  [
    'nodejs_eventloop_utilization',
    'Share of its life that the event loop was busy',
    () => performance.eventLoopUtilization().utilization,
  ],
];

/** What every process tells about itself, under the names that Prometheus' client libraries give it. Costs nothing until it is looked at. */
export function processMetrics(registry: Registry = register): void {
  if (registry.getSingleMetric('process_cpu_seconds_total')) return;
  buildInfo(registry);
  const registers = [registry];
  new Counter({
    ...{ name: 'process_cpu_seconds_total', help: 'CPU time, user and system', registers },
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  for (const [name, help, value] of gauges)
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(value());
      },
    });
}
