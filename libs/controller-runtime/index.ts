export * from './controller-host.js';
export * from './controller.js';
export * from './own-writes.js';
export * from './plan-executor.js';
export * from './plan.js';
export * from './queue-metrics.js';
export * from './trigger.js';
export * from './work-queue.js';
