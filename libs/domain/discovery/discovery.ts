import { createHash } from 'node:crypto';
import { StatusError } from '../api/status-error.js';
import { allResources } from '../resources/resources.js';
import { servedGroups } from '../schema/api-facts.js';
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  discovered,
  type DiscoveredGroup,
  type DiscoveredResource,
} from './discovery-documents.js';

/** A document ready to be sent. The ETag changes when, and only when, the bytes do. */
export interface DiscoveryAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  readonly etag: string;
}

export interface DiscoveryCatalog {
  readonly groups: readonly DiscoveredGroup[];
  readonly resources: readonly DiscoveredResource[];
  /** `host:port` that clients reach this server at. */
  readonly serverAddress: string;
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Which form of a document a client asks for: first match in the header's order. @throws NotAcceptable */
function formOf(accept: string, canAggregate: boolean): 'aggregated' | 'plain' {
  for (const choice of accept.split(',')) {
    const [, ...parameters] = choice.split(';').map((part) => part.trim());
    const isAggregated =
      parameters.includes('as=APIGroupDiscoveryList') && parameters.includes('g=apidiscovery.k8s.io');
    if (canAggregate && isAggregated && parameters.includes('v=v2')) return 'aggregated';
    if (!parameters.some((parameter) => parameter.startsWith('as='))) return 'plain';
  }
  throw new StatusError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
}

const answer = (document: object, contentType = 'application/json'): DiscoveryAnswer => {
  const body = Buffer.from(JSON.stringify(document));
  return { contentType, body, etag: `"${createHash('sha256').update(body).digest('hex').toUpperCase()}"` };
};

/** What is served, as clients discover it. Documents are built when first asked for and kept as bytes; make a new one when the catalog changes. */
export class Discovery {
  private readonly built = new Map<string, DiscoveryAnswer | undefined>();

  constructor(private readonly catalog: DiscoveryCatalog) {}

  /** The answer to GET `path` (/api, /apis, /api/v1, /apis/<group>[/<version>]); undefined: there is nothing of that name. */
  answer(path: string, accept = 'application/json'): DiscoveryAnswer | undefined {
    const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    const form = formOf(accept, trimmed === '/api' || trimmed === '/apis');
    const key = `${trimmed} ${form}`;
    const known = this.built.get(key);
    if (known) return known;
    const made = form === 'plain' ? this.plain(trimmed) : this.aggregated(trimmed);
    if (made) this.built.set(key, made);
    return made;
  }

  private aggregated(path: string): DiscoveryAnswer {
    const groups = this.catalog.groups.filter(({ name }) => (name === '') === (path === '/api'));
    return answer(aggregatedDiscovery(groups, this.catalog.resources), aggregatedType);
  }

  private plain(path: string): DiscoveryAnswer | undefined {
    const { groups, resources, serverAddress } = this.catalog;
    if (path === '/api') return answer(apiVersions(serverAddress));
    if (path === '/apis') return answer(apiGroupList(groups));
    const [, root, ...rest] = path.split('/');
    const [name, version, ...tooMuch] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
    const group = groups.find((candidate) => candidate.name === name);
    if (!group || tooMuch.length > 0 || (root === 'apis' && name === '')) return undefined;
    if (version === undefined) return answer(apiGroup(group));
    return group.versions.includes(version)
      ? answer(apiResourceList({ group: group.name, version }, resources))
      : undefined;
  }
}

/** Discovery of the built-in API. */
export const builtInDiscovery = (serverAddress: string): Discovery =>
  new Discovery({ groups: servedGroups, resources: allResources().map(discovered), serverAddress });
