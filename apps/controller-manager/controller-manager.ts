import { EventRecorder, runWhileLeading, type ApiClient, type LogCaches } from '@shiplog/client';
import type { HealthCheck, Logger } from '@shiplog/component-base';
import { ControllerHost, messageOf, type AnyController } from '@shiplog/controller-runtime';

export interface ControllerManagerParts {
  readonly controllers: readonly AnyController[];
  readonly client: ApiClient;
  readonly caches: LogCaches;
  readonly leaderIdentity: string;
  readonly logger: Logger;
}

/** Follows the log all the time, and runs the controllers while it leads. */
export class ControllerManager {
  constructor(private readonly parts: ControllerManagerParts) {}

  /** Ready: the caches show the present. Leading is not part of it: a stand-by is healthy too. */
  readonly readiness: readonly HealthCheck[] = [
    {
      name: 'informer-sync',
      check: (signal) => this.parts.caches.informers.whenSynced(signal),
    },
  ];

  /** Works until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { controllers, client, caches, logger, leaderIdentity } = this.parts;
    const recorder = new EventRecorder(client, signal, {
      onDropped: ({ reason, message }, why) => logger.warn({ reason, message, why: String(why) }, 'event dropped'),
    });
    const { informers } = caches;
    const hostOptions = { informers, client, recorder, logger };
    // A host declares its caches when it is made, so all are made before the caches start.
    let hosts = controllers.map((controller) => new ControllerHost(controller, hostOptions));
    const following = informers.run(signal);
    const lead = async (term: AbortSignal): Promise<void> => {
      logger.info({ controllers: controllers.map(({ name }) => name) }, 'leading');
      await Promise.all(hosts.map((host) => host.run(term)));
      hosts = controllers.map((controller) => new ControllerHost(controller, hostOptions));
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
}
