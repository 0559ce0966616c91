import type { NodeAgentConfiguration } from '../node-agent.configuration.js';
import { CriRuntime } from './cri/cri-runtime.js';
import { HollowRuntime } from './hollow/hollow-runtime.js';
import type { PodRuntime } from './pod-runtime.js';

/** The container runtimes, by the name that SHIPLOG_RUNTIME selects. */
export const runtimes: Readonly<Record<string, (configuration: NodeAgentConfiguration) => PodRuntime>> = {
  cri: ({ criEndpoint }) => new CriRuntime(criEndpoint.replace(/^unix:\/\//, '')),
  hollow: ({ podCidr }) => new HollowRuntime({ podCidr, startMilliseconds: 50 }),
};
