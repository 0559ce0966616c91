import { Module, type DynamicModule } from '@nestjs/common';
import { RestClient, type ClusterAccess } from '@shiplog/client';
import type { Agent } from './agent.js';
import { agents } from './agents.js';
import { NodeAgentConfiguration } from './node-agent.configuration.js';

/** The token of the process's Agent. */
export const agent = Symbol('agent');

/** Wires the agent from its configuration and its access to the API. */
@Module({})
export class NodeAgentModule {
  static of(configuration: NodeAgentConfiguration, access: ClusterAccess): DynamicModule {
    const create = agents[configuration.runtime];
    if (!create) throw new Error(`no runtime ${configuration.runtime}; there are: ${Object.keys(agents).join(', ')}`);
    const connect = (): RestClient =>
      new RestClient(access, { userAgent: `shiplog-node-agent/${configuration.nodeName}` });
    return {
      module: NodeAgentModule,
      providers: [
        { provide: NodeAgentConfiguration, useValue: configuration },
        { provide: agent, useFactory: (): Agent => create(configuration, connect) },
      ],
    };
  }
}
