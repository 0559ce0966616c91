import { ClientNats } from '@nestjs/microservices';
import { CommandClient, informersOfLog, nestCommandTransport } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { countedCommands } from '@shiplog/controller-runtime';
import { connectEventStore, natsOptions, snapshotsAt } from '@shiplog/event-store';
import type { SchedulerConfiguration } from './configuration.js';
import { SchedulerMetrics } from './metrics.js';
import { plugins } from './plugins.js';
import { Scheduler } from './scheduler.js';

/** The scheduler together with its connections, which are to be closed when it has stopped. */
export class OpenScheduler {
  constructor(
    readonly scheduler: Scheduler,
    readonly close: () => Promise<void>,
  ) {}
}

/** Connects to the log, and to the gateway for commands; waits for them as long as it takes. */
export async function openScheduler(
  { natsUrl, natsUser, natsPassword, databaseUrl, percentageOfNodesToScore, maxBindsInFlight }: SchedulerConfiguration,
  logger: Logger,
  signal: AbortSignal,
): Promise<OpenScheduler> {
  const access = { natsUrl, ...(natsUser ? { natsUser, natsPassword } : {}) };
  const onFault = (error: unknown): void =>
    logger.warn(
      { error: error instanceof Error ? error.message : String(error) },
      'the log or its projection does not answer',
    );
  const log = await connectEventStore({ ...access, name: 'scheduler', onFault }, signal);
  const commands = new ClientNats(natsOptions(access, 'scheduler commands'));
  await commands.connect();
  const client = new CommandClient(countedCommands(nestCommandTransport(commands, 'scheduler')), {
    userAgent: 'kube-scheduler/v1.36.0 (linux/amd64) shiplog',
  });
  const { informers } = informersOfLog(log, snapshotsAt(databaseUrl, 'scheduler', onFault), onFault);
  const scheduler = new Scheduler({
    informers,
    client,
    plugins,
    logger,
    percentageOfNodesToScore,
    maxBindsInFlight,
    metricsOf: ({ queue, snapshot, assumed }) =>
      new SchedulerMetrics(
        () => queue.sizes,
        () => ({ nodes: snapshot.nodeCount, pods: snapshot.podCount, assumed_pods: assumed.size }),
        () => queue.rejectedBy(),
      ),
  });
  return new OpenScheduler(scheduler, async () => {
    await commands.close();
    await log.close();
  });
}
