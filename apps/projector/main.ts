import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadConfiguration, shutdownSignal } from '@shiplog/component-base';
import { ProjectorConfiguration } from './configuration.js';
import { ProjectorModule } from './projector.module.js';

const configuration = loadConfiguration(ProjectorConfiguration);
await NestFactory.createApplicationContext(ProjectorModule.forRoot(configuration, shutdownSignal()), {
  logger: ['error', 'warn'],
});
