import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadKubeconfig } from '@shiplog/client';
import { createLogger, loadConfiguration, serveHealth, shutdownSignal } from '@shiplog/component-base';
import { NodeAgentConfiguration } from './node-agent.configuration.js';
import type { Agent } from './agent.js';
import { agent as agentToken, NodeAgentModule } from './node-agent.module.js';

const log = createLogger('node-agent');
try {
  const signal = shutdownSignal();
  const configuration = loadConfiguration(NodeAgentConfiguration);
  const access = await loadKubeconfig({ file: configuration.kubeconfig });
  const app = await NestFactory.createApplicationContext(NodeAgentModule.of(configuration, access), { logger: false });
  const agent = app.get<Agent>(agentToken);
  await serveHealth(configuration.healthPort, agent.healthChecks, signal);
  log.info({ node: configuration.nodeName, runtime: configuration.runtime }, 'node-agent is starting');
  await agent.run(signal);
  await app.close();
  process.exit(0);
} catch (error) {
  log.fatal(
    { error: error instanceof Error ? error.message : error, stack: error instanceof Error ? error.stack : undefined },
    'node-agent cannot run',
  );
  process.exit(1);
}
