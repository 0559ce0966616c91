import { Module, type DynamicModule } from '@nestjs/common';
import { RestClient, type ClusterAccess } from '@shiplog/client';
import { createLogger } from '@shiplog/component-base';
import { NodeAgentConfiguration } from './node-agent.configuration.js';
import { NodeAgent } from './node-agent.js';
import { runtimes } from './runtime/runtimes.js';

/** Wires one node from its configuration and its access to the API. */
@Module({})
export class NodeAgentModule {
  static of(configuration: NodeAgentConfiguration, access: ClusterAccess): DynamicModule {
    const create = runtimes[configuration.runtime];
    if (!create) throw new Error(`no runtime ${configuration.runtime}; there are: ${Object.keys(runtimes).join(', ')}`);
    return {
      module: NodeAgentModule,
      providers: [
        { provide: NodeAgentConfiguration, useValue: configuration },
        {
          provide: RestClient,
          useFactory: () => new RestClient(access, { userAgent: `shiplog-node-agent/${configuration.nodeName}` }),
        },
        {
          provide: NodeAgent,
          useFactory: (api: RestClient) =>
            new NodeAgent(configuration, create(configuration), api, createLogger('node-agent')),
          inject: [RestClient],
        },
      ],
    };
  }
}
