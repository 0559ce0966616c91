export * from './api-facts.js';
export * from './schema-node.js';
export * from './type-node.js';
export * from './schema-defaults.js';
export * from './decode/object-codec.js';
export { encodeProtobuf, encodeWatchEvent } from './encode/protobuf.js';
