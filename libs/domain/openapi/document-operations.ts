import { servedGroups } from '../schema/api-facts.js';
import { family, metaTypes, objectMedia, pathPrefix, tagOf, type Operation } from './operation.js';

const read = (
  path: string,
  tag: string,
  id: string,
  description: string,
  answer: Pick<Operation, 'answerType' | 'produces'>,
): Operation => ({ path, method: 'get', tag, id, description, parameters: [], ...answer });

const discovery = (kind: string): Pick<Operation, 'answerType' | 'produces'> => ({
  answerType: `${metaTypes}.${kind}`,
  produces: objectMedia,
});

/** The document that lists the resources of a group and version. */
export const resourceListOperation = (group: string, version: string): Operation =>
  read(
    `${pathPrefix(group, version)}/`,
    tagOf(group, version),
    `get${family(group, version)}APIResources`,
    'get available resources',
    discovery('APIResourceList'),
  );

/** Requests that are no resources, by the name of their OpenAPI document. */
export const documentOperations: ReadonlyMap<string, Operation> = new Map([
  ['api', read('/api/', 'core', 'getCoreAPIVersions', 'get available API versions', discovery('APIVersions'))],
  ['apis', read('/apis/', 'apis', 'getAPIVersions', 'get available API versions', discovery('APIGroupList'))],
  ...servedGroups
    .filter(({ name }) => name !== '')
    .map(
      ({ name }) =>
        [
          `apis/${name}`,
          read(
            `/apis/${name}/`,
            tagOf(name),
            `get${family(name)}APIGroup`,
            'get information of a group',
            discovery('APIGroup'),
          ),
        ] as const,
    ),
  [
    'version',
    read('/version/', 'version', 'getCodeVersion', 'get the version of this server', {
      answerType: 'io.k8s.apimachinery.pkg.version.Info',
      produces: ['application/json'],
    }),
  ],
  [
    '.well-known/openid-configuration',
    read(
      '/.well-known/openid-configuration/',
      'WellKnown',
      'getServiceAccountIssuerOpenIDConfiguration',
      'get what verifiers of service account tokens must know of their issuer',
      { produces: ['application/json'] },
    ),
  ],
  [
    'openid/v1/jwks',
    read(
      '/openid/v1/jwks/',
      'openid',
      'getServiceAccountIssuerOpenIDKeyset',
      'get the keys that verify service account tokens',
      { produces: ['application/jwk-set+json'] },
    ),
  ],
]);
