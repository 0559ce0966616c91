import type { RestClient } from '@shiplog/client';
import { createLogger } from '@shiplog/component-base';
import type { Agent } from './agent.js';
import { HollowNodes } from './hollow-nodes/hollow-nodes.js';
import type { NodeAgentConfiguration } from './node-agent.configuration.js';
import { NodeAgent } from './node-agent.js';
import { CriRuntime } from './runtime/cri/cri-runtime.js';

/** The agents by the name that SHIPLOG_RUNTIME selects: one node of real containers, or many simulated ones. */
export const agents: Readonly<
  Record<string, (configuration: NodeAgentConfiguration, connect: () => RestClient) => Agent>
> = {
  cri: (configuration, connect) => {
    const runtime = new CriRuntime(configuration.criEndpoint.replace(/^unix:\/\//, ''));
    return new NodeAgent(configuration, runtime, connect(), createLogger('node-agent'));
  },
  hollow: (configuration, connect) => new HollowNodes(configuration, connect(), connect(), createLogger('node-agent')),
};
