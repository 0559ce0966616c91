import { createHash } from 'node:crypto';
import { servedGroups } from '../schema/api-facts.js';
import type { Descriptions, Schema } from './component-schemas.js';
import { documentOperations } from './document-operations.js';
import { gnosticDocument } from './gnostic.js';
import { openApiV2Document } from './openapi-v2.js';
import { openApiV3Document, openApiV3DocumentOf } from './openapi-v3.js';

/** A document ready to be sent. */
export interface OpenApiAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  readonly etag: string;
}

/** Clients ask for it with an @ before v1.0, which is no legal media type and which their own parsers refuse in an answer. */
const protobufV2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

const answer = (contentType: string, body: Buffer): OpenApiAnswer => ({
  contentType,
  body,
  etag: `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`,
});
const jsonAnswer = (document: object): OpenApiAnswer =>
  answer('application/json', Buffer.from(JSON.stringify(document)));

/** `api/v1`, `apis/apps/v1` → its group and version; undefined for what is not served. */
function groupVersionAt(path: string): { group: string; version: string } | undefined {
  const [root, ...rest] = path.split('/');
  const [group, version, ...more] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
  if (more.length > 0 || group === undefined || version === undefined) return undefined;
  return servedGroups.some((known) => known.name === group && known.versions.includes(version))
    ? { group, version }
    : undefined;
}

const documentPaths = [
  ...documentOperations.keys(),
  ...servedGroups.flatMap(({ name, versions }) =>
    versions.map((version) => (name === '' ? `api/${version}` : `apis/${name}/${version}`)),
  ),
];

/** What makes the document below /openapi/v3/; undefined if there is none. */
function documentAt(path: string): ((descriptions: Descriptions) => Schema) | undefined {
  const operation = documentOperations.get(path);
  if (operation) return (descriptions) => openApiV3DocumentOf(operation, descriptions);
  const at = groupVersionAt(path);
  return at && ((descriptions) => openApiV3Document(at.group, at.version, descriptions));
}

/** The OpenAPI documents of the built-in API. Each is built when first asked for, and kept as bytes. */
export class OpenApi {
  private readonly built = new Map<string, Promise<OpenApiAnswer>>();

  constructor(private readonly descriptions: () => Promise<Descriptions>) {}

  /** The answer to GET `path` (/openapi/v2, /openapi/v3, /openapi/v3/apis/apps/v1); undefined: there is no such document. */
  async answer(path: string, accept = ''): Promise<OpenApiAnswer | undefined> {
    if (path === '/openapi/v2') return this.v2(accept.includes('proto-openapi.spec.v2'));
    if (path === '/openapi/v3' || path === '/openapi/v3/') return this.once('index', () => this.index());
    return path.startsWith('/openapi/v3/') ? this.v3(path.slice('/openapi/v3/'.length)) : undefined;
  }

  private once(key: string, build: () => Promise<OpenApiAnswer>): Promise<OpenApiAnswer> {
    const known = this.built.get(key);
    if (known) return known;
    const building = build();
    this.built.set(key, building);
    return building;
  }

  private v3(path: string): Promise<OpenApiAnswer> | undefined {
    const build = documentAt(path);
    return build && this.once(path, async () => jsonAnswer(build(await this.descriptions())));
  }

  /** Paths of all documents with a hash of their content, so that clients may keep them as long as they like. */
  private async index(): Promise<OpenApiAnswer> {
    const entries: [string, object][] = [];
    for (const path of documentPaths) {
      const document = await this.v3(path);
      if (document)
        entries.push([path, { serverRelativeURL: `/openapi/v3/${path}?hash=${document.etag.slice(1, -1)}` }]);
    }
    const { body } = jsonAnswer({ paths: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) });
    return answer('text/plain; charset=utf-8', body);
  }

  private v2(asProtobuf: boolean): Promise<OpenApiAnswer> {
    return this.once(asProtobuf ? 'v2 protobuf' : 'v2', async () => {
      const document = openApiV2Document(await this.descriptions());
      return asProtobuf ? answer(protobufV2, gnosticDocument(document)) : jsonAnswer(document);
    });
  }
}

/** Descriptions are a large file of which most processes need nothing. */
const generatedDescriptions = async (): Promise<Descriptions> =>
  (await import('./generated/descriptions.json', { with: { type: 'json' } })).default as unknown as Descriptions;

export const builtInOpenApi = (): OpenApi => new OpenApi(generatedDescriptions);
