import type { UserInfo } from '@shiplog/domain';
import type { RequestInfo } from '../request/request-info.js';
import { byPrecedence, distinguisherOf, type FlowSchemaRules } from './flow-schema.js';
import { FlowTally } from './flow-tally.js';
import type { Flow } from './flow.js';
import type { PriorityLevel } from './priority-level.js';
import { flowHash } from './shuffle-shard.js';

/** Bounds of what is remembered: requests of one user that differ, and flows. */
const maxRequestsOfUser = 1_000;
const maxFlows = 10_000;

/** The tallies outlive the rules: what has been counted stays counted when they change. */
export type Tallies = Map<string, FlowTally>;

/** Finds the flow of a request under one set of rules. Remembers by user (as authenticated: the same object) and by what is asked for. */
export class Classifier {
  private readonly schemas: readonly FlowSchemaRules[];
  private readonly flows = new Map<string, Flow>();
  private readonly known = new WeakMap<UserInfo, Map<string, Flow>>();

  /** Schemas that name no level are not asked. There must be a last one that matches whatever comes. */
  constructor(
    schemas: readonly FlowSchemaRules[],
    private readonly levels: ReadonlyMap<string, PriorityLevel>,
    private readonly tallies: Tallies,
  ) {
    this.schemas = schemas.filter(({ level }) => levels.has(level)).sort(byPrecedence);
  }

  flowOf(user: UserInfo, info: RequestInfo): Flow {
    let requests = this.known.get(user);
    if (requests === undefined) {
      requests = new Map();
      this.known.set(user, requests);
    }
    const request = info.isResource
      ? `${info.verb} ${info.group}/${info.resource}/${info.subresource} ${info.namespace}`
      : `${info.verb} ${info.path}`;
    const known = requests.get(request);
    if (known) return known;
    if (requests.size >= maxRequestsOfUser) requests.clear();
    const flow = this.classify(user, info);
    requests.set(request, flow);
    return flow;
  }

  private classify(user: UserInfo, info: RequestInfo): Flow {
    const schema =
      this.schemas.find((candidate) => candidate.matches(user, info)) ?? this.schemas[this.schemas.length - 1];
    const level = schema && this.levels.get(schema.level);
    if (!schema || !level) throw new Error('no flow schema for a request: catch-all is missing');
    const distinguisher = distinguisherOf(schema, user, info);
    const key = `${schema.name}\0${distinguisher}`;
    const known = this.flows.get(key);
    if (known) return known;
    if (this.flows.size >= maxFlows) this.flows.clear();
    const flow: Flow = {
      schema,
      level,
      distinguisher,
      hand: level.queues.hand(() => flowHash(schema.name, distinguisher)),
      tally: this.tallyOf(level.settings.name, schema.name),
    };
    this.flows.set(key, flow);
    return flow;
  }

  private tallyOf(level: string, schema: string): FlowTally {
    const key = `${level}\0${schema}`;
    const tally = this.tallies.get(key) ?? new FlowTally(level, schema);
    this.tallies.set(key, tally);
    return tally;
  }
}
