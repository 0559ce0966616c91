import { servedGroups, servedResources } from '../schema/api-facts.js';
import { ComponentSchemas, type Descriptions, type Schema } from './component-schemas.js';
import { documentOperations, resourceListOperation } from './document-operations.js';
import { byPath, sharedParameters, type Operation, type Parameter } from './operation.js';
import { operationsOf } from './path-operations.js';

const parameter = ({ name, in: place, type, description }: Parameter): Schema => ({
  ...(place === 'path' ? { required: true } : {}),
  uniqueItems: true,
  type,
  description,
  name,
  in: place,
});

const operationObject = (
  operation: Operation,
  parameters: readonly Parameter[],
  schemas: ComponentSchemas,
): Schema => ({
  description: operation.description,
  consumes: [operation.method === 'patch' && operation.bodyType ? 'application/merge-patch+json' : '*/*'],
  produces: operation.produces,
  schemes: ['https'],
  tags: [operation.tag],
  operationId: operation.id,
  parameters: [
    ...parameters.map(parameter),
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
      schema: operation.answerType === undefined ? { type: 'string' } : schemas.ref(operation.answerType),
    },
    '401': { description: 'Unauthorized' },
  },
  ...(operation.action ? { 'x-kubernetes-action': operation.action } : {}),
  ...(operation.kind ? { 'x-kubernetes-group-version-kind': operation.kind } : {}),
});

function pathItem(operations: readonly Operation[], schemas: ComponentSchemas): Schema {
  const { shared, own } = sharedParameters(operations);
  return {
    ...Object.fromEntries(
      operations.map((operation) => [operation.method, operationObject(operation, own(operation), schemas)]),
    ),
    ...(shared.length > 0 ? { parameters: shared.map(parameter) } : {}),
  };
}

/** The whole API in one OpenAPI 2 document, as `/openapi/v2` answers. Pure. */
export function openApiV2Document(descriptions: Descriptions): Schema {
  const schemas = new ComponentSchemas('v2', descriptions);
  const operations = [
    ...documentOperations.values(),
    ...servedGroups.flatMap(({ name, versions }) => versions.map((version) => resourceListOperation(name, version))),
    ...servedResources.flatMap(operationsOf),
  ];
  const types = operations.flatMap(({ bodyType, answerType }) => [bodyType, answerType]);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: Object.fromEntries([...byPath(operations)].map(([path, own]) => [path, pathItem(own, schemas)])),
    definitions: schemas.reachableFrom(types.filter((type) => type !== undefined)),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}
