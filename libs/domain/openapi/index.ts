export { builtInOpenApi, OpenApi, type OpenApiAnswer } from './openapi.js';
