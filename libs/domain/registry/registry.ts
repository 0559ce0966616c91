import { copyJson } from '../api/copy-json.js';
import type { KubeObject } from '../api/kube-object.js';
import { alreadyExists, hasReason, notFound, StatusError } from '../api/status-error.js';
import type { AnyResource } from '../resources/define-resource.js';
import { AdmittedWrites, type AdmissionDependencies } from './admitted-writes.js';
import { stampNew, type WriteRules } from './decide-create.js';
import type { DeleteOptions } from './decide-delete.js';
import { LogWriter, type LogDependencies } from './log-writer.js';
import { asAsked, type Decided } from './object-write.js';
import type { WriteRequest, WriteResult } from './write-request.js';

export interface RegistryDependencies extends AdmissionDependencies, Omit<LogDependencies, 'rules'> {
  readonly now: () => Date;
  readonly newUid: () => string;
  readonly random: () => number;
}

/** Makes the object's next state from its present one, which it must not change. Called again if the object changed meanwhile. */
export type Transform = (current: KubeObject) => KubeObject | Promise<KubeObject>;

const maxGeneratedNames = 8;

/** Writes objects: what a request makes of one is decided by `AdmittedWrites` and brought into the log by `LogWriter`. All methods throw StatusError. */
export class Registry {
  private readonly admitted: AdmittedWrites;
  private readonly log: LogWriter;

  constructor(private readonly deps: RegistryDependencies) {
    this.admitted = new AdmittedWrites(deps);
    this.log = new LogWriter({ ...deps, rules: () => this.rules() });
  }

  /** Stores a new object; takes ownership of `object`. With generateName, finds a free name. */
  async create(
    resource: AnyResource,
    namespace: string,
    object: KubeObject,
    request: WriteRequest,
  ): Promise<WriteResult> {
    const generated = !object.metadata.name && Boolean(object.metadata.generateName);
    for (let attempt = 1; ; attempt++) {
      const candidate = generated ? copyJson(object) : object;
      try {
        return await this.createNamed(resource, namespace, candidate, request);
      } catch (error) {
        if (!generated || !hasReason(error, 'AlreadyExists')) throw error;
        if (attempt === maxGeneratedNames) throw generateNameConflict(resource, candidate.metadata.name ?? '');
      }
    }
  }

  /** Replaces an object by what `transform` makes of it. A missing one is NotFound. */
  update(
    resource: AnyResource,
    namespace: string,
    name: string,
    transform: Transform,
    request: WriteRequest,
  ): Promise<WriteResult> {
    const write = { resource, namespace, name, request };
    return this.log.write(write, async ({ object: current }, rules) => {
      if (!current) throw notFound(asAsked(write), name);
      return this.admitted.update(write, await transform(current), current, rules);
    });
  }

  /** Replaces an object, or creates it if it is missing (server-side apply; kinds whose PUT creates). */
  updateOrCreate(
    resource: AnyResource,
    namespace: string,
    name: string,
    transform: (current: KubeObject | undefined) => KubeObject | Promise<KubeObject>,
    request: WriteRequest,
  ): Promise<WriteResult> {
    const write = { resource, namespace, name, request };
    return this.log.write(write, async ({ object: current }, rules) => {
      const next = await transform(current);
      return current ? this.admitted.update(write, next, current, rules) : this.admitted.create(write, next, rules);
    });
  }

  /** Deletes an object, or marks it as deleting where something holds it. */
  delete(
    resource: AnyResource,
    namespace: string,
    name: string,
    options: DeleteOptions,
    request: WriteRequest,
  ): Promise<WriteResult> {
    const write = { resource, namespace, name, request };
    return this.log.write(write, async ({ object: current }, { now }) => {
      if (!current) throw notFound(asAsked(write), name);
      return this.admitted.delete(write, current, options, now);
    });
  }

  private async createNamed(
    resource: AnyResource,
    namespace: string,
    object: KubeObject,
    request: WriteRequest,
  ): Promise<WriteResult> {
    const rules = this.rules();
    stampNew(resource, object, namespace, rules);
    const name = object.metadata.name ?? '';
    const write = { resource, namespace, name, request };
    if (name === '') await this.admitted.createStamped(write, object, rules);
    // What the name holds says nothing about what is to be stored: a name that is taken is looked up again, the object not decided again.
    let decided: Decided | undefined;
    return this.log.write(write, async (current) => {
      decided ??= await this.admitted.createStamped(write, object, rules);
      if (current.object) throw alreadyExists(asAsked(write), name);
      return decided;
    });
  }

  private rules(): WriteRules {
    return { now: this.deps.now(), newUid: this.deps.newUid, random: this.deps.random };
  }
}

const generateNameConflict = (resource: AnyResource, name: string): StatusError => {
  const exists = alreadyExists(resource, name);
  return new StatusError(
    409,
    'AlreadyExists',
    `${exists.message}, the server was not able to generate a unique name for the object`,
    {
      ...exists.details,
      retryAfterSeconds: 1,
    },
  );
};
