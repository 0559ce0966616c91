export * from './api-client.js';
export * from './command/command-client.js';
export * from './command/nest-command-transport.js';
export { pathOf, type ApiAnswer, type ApiRequest, type ApiTransport } from './rest/api-request.js';
export * from './rest/cluster-access.js';
export * from './rest/kubeconfig.js';
export * from './rest/request-client.js';
export * from './rest/rest-client.js';
export * from './rest/watch-event.js';
