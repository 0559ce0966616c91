import { EventRecorder, runWhileLeading, type ApiClient, type LogCaches } from '@shiplog/client';
import type { HealthCheck, Logger } from '@shiplog/component-base';
import { ControllerHost, dropsToldTo, messageOf, type AnyController } from '@shiplog/controller-runtime';
import { GarbageCollector } from './controllers/garbage-collector/garbage-collector.js';
import type { ObjectGraph } from './object-graph/object-graph.js';

export interface ControllerManagerParts {
  readonly controllers: readonly AnyController[];
  /** Follows the same caches. */
  readonly graph: ObjectGraph;
  readonly client: ApiClient;
  readonly caches: LogCaches;
  readonly leaderIdentity: string;
  readonly logger: Logger;
}

interface ControlLoop {
  run(signal: AbortSignal): Promise<void>;
}

/** Follows the log all the time, and runs the control loops while it leads. */
export class ControllerManager {
  constructor(private readonly parts: ControllerManagerParts) {}

  /** Ready: the caches show the present. Leading is not part of it: a stand-by is healthy too. */
  readonly readiness: readonly HealthCheck[] = [
    { name: 'informer-sync', check: (signal) => this.parts.caches.informers.whenSynced(signal) },
    { name: 'graph-sync', check: () => this.parts.graph.whenSynced() },
  ];

  /** Works until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, caches, graph, logger, leaderIdentity } = this.parts;
    const recorder = new EventRecorder(client, signal, dropsToldTo(logger));
    // A loop declares its caches when it is made, so all are made before the caches start.
    let loops = this.loops(recorder);
    const following = caches.informers.run(signal);
    const lead = async (term: AbortSignal): Promise<void> => {
      await Promise.all([caches.informers.whenSynced(term), graph.whenSynced()]);
      logger.info('leading');
      await Promise.all(loops.map((loop) => loop.run(term)));
      loops = this.loops(recorder);
    };
    const election = {
      client,
      namespace: 'kube-system',
      name: 'kube-controller-manager',
      identity: leaderIdentity,
      onFault: (error: unknown) => logger.warn({ error: messageOf(error) }, 'cannot take or renew the lease'),
    };
    await Promise.all([following, runWhileLeading(election, lead, signal)]);
  }

  private loops(recorder: EventRecorder): ControlLoop[] {
    const { controllers, client, caches, graph, logger } = this.parts;
    const { informers } = caches;
    const collector = new GarbageCollector({ graph, client, recorder, logger });
    return [
      ...controllers.map((controller) => new ControllerHost(controller, { informers, client, recorder, logger })),
      collector,
    ];
  }
}
