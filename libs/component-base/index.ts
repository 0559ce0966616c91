export * from './config/load-configuration.js';
export * from './health/health-checks.js';
export * from './health/health-server.js';
export * from './logging/logger.js';
export * from './metrics/families.js';
export * from './metrics/process-metrics.js';
export * from './metrics/tally.js';
export * from './shutdown/shutdown-signal.js';
