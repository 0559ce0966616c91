export * from './controllers/converge.js';
export * from './in-memory-cluster/in-memory-cluster.js';
export * from './controllers/memory-api.js';
export * from './event-store.contract.js';
export * from './eventually.js';
export * from './start-nats.js';
export * from './start-postgres.js';
