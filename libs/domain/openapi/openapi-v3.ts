import { servedResources } from '../schema/api-facts.js';
import { ComponentSchemas, type Descriptions, type Schema } from './component-schemas.js';
import { operationsOf, type Operation, type Parameter } from './path-operations.js';

const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

const content = (types: readonly string[], schema: Schema): Schema =>
  Object.fromEntries(types.map((type) => [type, { schema }]));

const parameter = ({ name, in: place, type, description }: Parameter): Schema => ({
  name,
  in: place,
  description,
  ...(place === 'path' ? { required: true } : {}),
  schema: { type, uniqueItems: true },
});

function operationObject(operation: Operation, schemas: ComponentSchemas): Schema {
  const { tag, description, id, parameters, bodyType, answerType, answersText, action, kind, method } = operation;
  const answer = answersText
    ? content(['text/plain'], { type: 'string' })
    : content(objectTypes, schemas.ref(answerType));
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(parameters.length > 0 ? { parameters: parameters.map(parameter) } : {}),
    ...(bodyType === undefined
      ? {}
      : {
          requestBody: {
            content: content(method === 'patch' ? patchTypes : objectTypes.slice(0, 2), schemas.ref(bodyType)),
            ...(method === 'delete' ? {} : { required: true }),
          },
        }),
    responses: {
      '200': { description: 'OK', content: answer },
      ...(method === 'post' || method === 'put' || method === 'patch'
        ? { '201': { description: 'Created', content: answer } }
        : {}),
      ...(method === 'post' || method === 'delete' ? { '202': { description: 'Accepted', content: answer } } : {}),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}

const deleteOptions = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';

/** Every group accepts DeleteOptions under its own name as well. */
function withOptionsOf(group: string, version: string, schemas: Record<string, Schema>): Record<string, Schema> {
  const options = schemas[deleteOptions];
  if (!options || group === '') return schemas;
  const kinds = ['', group].map((name) => ({
    group: name,
    version: name === '' ? 'v1' : version,
    kind: 'DeleteOptions',
  }));
  return { ...schemas, [deleteOptions]: { ...options, 'x-kubernetes-group-version-kind': kinds } };
}

/** The paths and schemas of one group and version, as `/openapi/v3/apis/<group>/<version>` answers. Pure. */
export function openApiV3Document(group: string, version: string, descriptions: Descriptions): Schema {
  const schemas = new ComponentSchemas('v3', descriptions);
  const operations = servedResources.filter((r) => r.group === group && r.version === version).flatMap(operationsOf);
  const types = operations.flatMap(({ bodyType, answerType }) => [
    answerType,
    ...(bodyType === undefined ? [] : [bodyType]),
  ]);
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of operations)
    (paths[operation.path] ??= {})[operation.method] = operationObject(operation, schemas);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths,
    components: {
      schemas: withOptionsOf(group, version, schemas.reachableFrom(types)),
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          description: 'Bearer Token authentication',
          name: 'authorization',
          in: 'header',
        },
      },
    },
    security: [{ BearerToken: [] }],
  };
}
