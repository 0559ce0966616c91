export * from './discovery-documents.js';
export * from './discovery.js';
