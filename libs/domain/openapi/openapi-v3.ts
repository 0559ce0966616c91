import { servedResources } from '../schema/api-facts.js';
import { ComponentSchemas, type Descriptions, type Schema } from './component-schemas.js';
import { resourceListOperation } from './document-operations.js';
import { byPath, metaTypes, objectMedia, sharedParameters, type Operation, type Parameter } from './operation.js';
import { operationsOf } from './path-operations.js';

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

function operationObject(operation: Operation, parameters: readonly Parameter[], schemas: ComponentSchemas): Schema {
  const { tag, description, id, bodyType, answerType, produces, action, kind, method } = operation;
  const answer = content(produces, answerType === undefined ? { type: 'string' } : schemas.ref(answerType));
  const isConnection = action === 'connect';
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(parameters.length > 0 ? { parameters: parameters.map(parameter) } : {}),
    ...(bodyType === undefined
      ? {}
      : {
          requestBody: {
            content: content(method === 'patch' ? patchTypes : objectMedia.slice(0, 2), schemas.ref(bodyType)),
            ...(method === 'delete' ? {} : { required: true }),
          },
        }),
    responses: {
      '200': { description: 'OK', content: answer },
      ...(!isConnection && (method === 'post' || method === 'put' || method === 'patch')
        ? { '201': { description: 'Created', content: answer } }
        : {}),
      ...(!isConnection && (method === 'post' || method === 'delete')
        ? { '202': { description: 'Accepted', content: answer } }
        : {}),
      '401': { description: 'Unauthorized' },
    },
    ...(action ? { 'x-kubernetes-action': action } : {}),
    ...(kind ? { 'x-kubernetes-group-version-kind': kind } : {}),
  };
}

/** What all operations of a path take stands beside them. */
function pathItem(operations: readonly Operation[], schemas: ComponentSchemas): Schema {
  const { shared, own } = sharedParameters(operations);
  return {
    ...Object.fromEntries(
      operations.map((operation) => [operation.method, operationObject(operation, own(operation), schemas)]),
    ),
    ...(shared.length > 0 ? { parameters: shared.map(parameter) } : {}),
  };
}

const everyGroupHas = ['DeleteOptions', 'WatchEvent'];

/** Every group has some kinds under its own name as well. */
function withKindsOf(group: string, version: string, schemas: Record<string, Schema>): Record<string, Schema> {
  if (group === '') return schemas;
  const named = everyGroupHas.flatMap((kind) => {
    const schema = schemas[`${metaTypes}.${kind}`];
    const kinds = [
      { group: '', version: 'v1', kind },
      { group, version, kind },
    ];
    return schema ? [[`${metaTypes}.${kind}`, { ...schema, 'x-kubernetes-group-version-kind': kinds }] as const] : [];
  });
  return { ...schemas, ...Object.fromEntries(named) };
}

function documentOf(
  operations: readonly Operation[],
  descriptions: Descriptions,
  complete: (schemas: Record<string, Schema>) => Record<string, Schema> = (schemas) => schemas,
): Schema {
  const schemas = new ComponentSchemas('v3', descriptions);
  const types = operations.flatMap(({ bodyType, answerType }) => [bodyType, answerType]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries([...byPath(operations)].map(([path, own]) => [path, pathItem(own, schemas)])),
    components: {
      schemas: complete(schemas.reachableFrom(types.filter((type) => type !== undefined))),
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

/** The paths and schemas of one group and version, as `/openapi/v3/apis/<group>/<version>` answers. Pure. */
export function openApiV3Document(group: string, version: string, descriptions: Descriptions): Schema {
  const resources = servedResources.filter((r) => r.group === group && r.version === version);
  return documentOf(
    [resourceListOperation(group, version), ...resources.flatMap(operationsOf)],
    descriptions,
    (schemas) => withKindsOf(group, version, schemas),
  );
}

/** The document of one request that is no resource (`/version`, a group's versions, …). Pure. */
export const openApiV3DocumentOf = (operation: Operation, descriptions: Descriptions): Schema =>
  documentOf([operation], descriptions);
