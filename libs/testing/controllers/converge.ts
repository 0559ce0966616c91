import fc from 'fast-check';
import type { KubeObject } from '@shiplog/domain';
import { splitKey, type Change, type Informer, type ResourceType } from '@shiplog/client';
import {
  OwnWrites,
  PlanExecutor,
  stronger,
  weightOf,
  type Controller,
  type Read,
  type Trigger,
} from '@shiplog/controller-runtime';
import { MemoryApi } from './memory-api.js';

/** Somebody else in the world (a scheduler, a node): does one thing that is to be done and says whether there was one. */
export type Actor = (api: MemoryApi) => Promise<boolean>;

export interface Convergence {
  /** Fills the API. */
  readonly given: (api: MemoryApi) => Promise<void>;
  // The one place where controllers of different kinds meet.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly controllers: readonly Controller<any, any>[];
  readonly actors?: readonly Actor[];
  /** What must hold once nobody has anything left to do. Throws if it does not. */
  readonly then: (api: MemoryApi) => void;
  /** What must hold after every step. */
  readonly always?: (api: MemoryApi) => void;
  readonly now?: () => Date;
  readonly maxSteps?: number;
  readonly runs?: number;
}

/**
 * Property: in whatever order events arrive, controllers run and others act, the world comes to rest, and then it is as wished. Caches
 * lag behind at random.
 */
export const expectConverges = (world: Convergence): Promise<void> =>
  Promise.resolve(
    fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 997 })), async (choices) => {
        await converge(world, () => choices.next().value as number);
      }),
      { numRuns: world.runs ?? 30 },
    ),
  );

async function converge(world: Convergence, choose: () => number): Promise<void> {
  const { maxSteps = 3000, now = () => new Date(0) } = world;
  const api = new MemoryApi(now);
  const stepped = world.controllers.map((controller) => new SteppedController(controller, api, now));
  await world.given(api);
  for (let step = 0; step < maxSteps; step++) {
    if (!(await oneStep(api, stepped, world.actors ?? [], choose))) return world.then(api);
    world.always?.(api);
  }
  const written = api.writes.slice(-6).map(({ verb, plural, object }) => `${verb} ${plural} ${object.metadata.name}`);
  throw new Error(`did not come to rest in ${maxSteps} steps; last writes: ${written.join(', ')}`);
}

async function oneStep(
  api: MemoryApi,
  controllers: readonly SteppedController[],
  actors: readonly Actor[],
  choose: () => number,
): Promise<boolean> {
  const ready = controllers.filter((controller) => controller.hasWork());
  const moves: (() => Promise<boolean>)[] = [
    ...(api.pending > 0 ? [() => (api.deliver(1 + (choose() % 3)), Promise.resolve(true))] : []),
    ...ready.map((controller) => () => controller.step(choose())),
    ...actors.map((actor) => () => actor(api)),
  ];
  for (let from = choose(), i = 0; i < moves.length; i++) if (await moves[(from + i) % moves.length]?.()) return true;
  return false;
}

/** A controller whose turns are given by the test, with the runtime's rules: causes kept, own writes seen before the next look. */
class SteppedController {
  private readonly dirty = new Map<string, Trigger>();
  private readonly executor: PlanExecutor;
  private readonly read: Read;
  private readonly expected: OwnWrites;

  constructor(
    private readonly controller: Controller,
    api: MemoryApi,
    private readonly now: () => Date,
  ) {
    const { reconciles, watches = [], reads = [] } = controller;
    const types: ResourceType[] = [reconciles, ...watches.map(({ type }) => type), ...reads];
    const informers = new Map(types.map((type) => [nameOf(type), api.informers.of(type)]));
    const informerOf = (type: ResourceType): Informer | undefined => informers.get(nameOf(type));
    this.read = ((type: ResourceType) => informerOf(type)?.lister) as Read;
    this.expected = new OwnWrites(informerOf);
    const recorder = { record: () => undefined };
    this.executor = new PlanExecutor(api, recorder, { component: controller.name }, this.expected);
    api.informers.of(reconciles).onChange((change) => this.mark([change.key], change, true));
    for (const { type, keysOf } of watches)
      api.informers.of(type).onChange((change) => this.mark(keysOf(change, this.read), change, false));
  }

  hasWork(): boolean {
    return this.dirty.size > 0;
  }

  /** Takes one dirty key, if its own writes have been seen. */
  async step(choice: number): Promise<boolean> {
    const keys = [...this.dirty.keys()];
    const key = keys[choice % keys.length];
    if (key === undefined || !(await this.hasSeenOwnWrites(key))) return false;
    const trigger = this.dirty.get(key);
    this.dirty.delete(key);
    const { namespace, name } = splitKey(key);
    const object = this.read(this.controller.reconciles).get(namespace, name) as KubeObject | undefined;
    const world = object
      ? this.controller.observe(object, this.read)
      : this.controller.observeAbsent?.({ namespace, name }, this.read);
    if (world === undefined) return true;
    const plan = this.controller.decide(world, this.now());
    const execution = { key, type: this.controller.reconciles, object, cause: trigger?.cause, signal: never };
    await this.executor.carryOut(plan, execution).catch(() => {
      if (trigger) this.dirty.set(key, trigger);
    });
    return true;
  }

  private async hasSeenOwnWrites(key: string): Promise<boolean> {
    const atOnce = new AbortController();
    const seen = this.expected.seen(key, atOnce.signal).then(
      () => true,
      () => false,
    );
    atOnce.abort();
    return seen;
  }

  private mark(keys: Iterable<string>, change: Change, isOwn: boolean): void {
    for (const key of keys) {
      const trigger = { cause: change.current.cause, weight: weightOf(change, isOwn) };
      this.dirty.set(key, stronger(this.dirty.get(key), trigger) ?? trigger);
    }
  }
}

const never = new AbortController().signal;
const nameOf = ({ group, plural }: ResourceType): string => `${group}/${plural}`;
