import type { RestClient } from '@shiplog/client';
import { createLogger } from '@shiplog/component-base';
import type { Agent } from './agent.js';
import { HollowNodes } from './hollow-nodes/hollow-nodes.js';
import type { NodeAgentConfiguration } from './node-agent.configuration.js';
import { NodeAgent } from './node-agent.js';
import { CriRuntime } from './runtime/cri/cri-runtime.js';

/** The agents by the name that SHIPLOG_RUNTIME selects: one node of real containers, or many simulated ones. */
export const agents: Readonly<Record<string, (configuration: NodeAgentConfiguration, api: RestClient) => Agent>> = {
  cri: (configuration, api) => {
    const runtime = new CriRuntime(configuration.criEndpoint.replace(/^unix:\/\//, ''));
    return new NodeAgent(configuration, runtime, api, createLogger('node-agent'));
  },
  hollow: (configuration, api) => new HollowNodes(configuration, api, createLogger('node-agent')),
};
