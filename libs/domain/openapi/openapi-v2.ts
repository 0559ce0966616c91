import { servedResources } from '../schema/api-facts.js';
import { ComponentSchemas, type Descriptions, type Schema } from './component-schemas.js';
import { operationsOf, type Operation, type Parameter } from './path-operations.js';

const parameter = ({ name, in: place, type, description }: Parameter): Schema => ({
  ...(place === 'path' ? { required: true } : {}),
  uniqueItems: true,
  type,
  description,
  name,
  in: place,
});

const operationObject = (operation: Operation, schemas: ComponentSchemas): Schema => ({
  description: operation.description,
  consumes: [operation.method === 'patch' ? 'application/merge-patch+json' : '*/*'],
  produces: [operation.answersText ? 'text/plain' : 'application/json'],
  schemes: ['https'],
  tags: [operation.tag],
  operationId: operation.id,
  parameters: [
    ...operation.parameters.map(parameter),
    ...(operation.bodyType === undefined
      ? []
      : [
          {
            name: 'body',
            in: 'body',
            ...(operation.method === 'delete' ? {} : { required: true }),
            schema: schemas.ref(operation.bodyType),
          },
        ]),
  ],
  responses: {
    '200': {
      description: 'OK',
      schema: operation.answersText ? { type: 'string' } : schemas.ref(operation.answerType),
    },
    '401': { description: 'Unauthorized' },
  },
  'x-kubernetes-action': operation.action,
  'x-kubernetes-group-version-kind': operation.kind,
});

/** The whole API in one OpenAPI 2 document, as `/openapi/v2` answers. Pure. */
export function openApiV2Document(descriptions: Descriptions): Schema {
  const schemas = new ComponentSchemas('v2', descriptions);
  const operations = servedResources.flatMap(operationsOf);
  const types = operations.flatMap(({ bodyType, answerType }) => [
    answerType,
    ...(bodyType === undefined ? [] : [bodyType]),
  ]);
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of operations)
    (paths[operation.path] ??= {})[operation.method] = operationObject(operation, schemas);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths,
    definitions: schemas.reachableFrom(types),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}
