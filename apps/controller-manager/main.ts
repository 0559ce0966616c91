import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadConfiguration, shutdownSignal } from '@shiplog/component-base';
import { ControllerManagerConfiguration } from './configuration.js';
import { ControllerManagerModule } from './controller-manager.module.js';

const configuration = loadConfiguration(ControllerManagerConfiguration);
await NestFactory.createApplicationContext(ControllerManagerModule.forRoot(configuration, shutdownSignal()), {
  logger: ['error', 'warn'],
});
