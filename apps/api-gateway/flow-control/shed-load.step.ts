import { storedResource } from '@shiplog/domain';
import type { Gateway } from '../gateway.js';
import type { PipelineStep } from '../request-pipeline.js';
import type { Answer } from '../request/incoming-request.js';
import type { RequestInfo } from '../request/request-info.js';
import type { RequestScope } from '../request/request-scope.js';
import { maxBodyBytes } from '../rest/request-body.js';
import type { FlowControl } from './flow-control.js';
import type { Flow } from './flow.js';
import { seatsOf } from './request-seats.js';
import type { Ticket } from './ticket.js';

const readOnly = new Set(['get', 'list', 'watch', 'head', 'options']);
const longRunning = new Set(['exec', 'attach', 'log', 'portforward', 'proxy']);

/** A request may wait a quarter of the time that it has: of a minute, unless its client says less. Source: upstream. */
const requestTimeMs = 60_000;
const shareOfTimeToWait = 1 / 4;

const durationFormat = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Which requests may run is decided here, before anything is done for them. Streams to containers are not counted. */
export const shedLoad: PipelineStep = (request, gateway, next) => {
  const { info } = request;
  if (longRunning.has(info.subresource)) return next();
  const arriving = receiveBody(request, gateway);
  return arriving ? arriving.then(() => admit(request, gateway, next)) : admit(request, gateway, next);
};

/** Read before a seat is taken: none is held for a client that sends slowly. */
function receiveBody({ incoming, user }: RequestScope, { memory: { bodies } }: Gateway): Promise<void> | undefined {
  let held = 0;
  const arriving = incoming.receive?.(maxBodyBytes, (bytes) => {
    if (!bodies.take(user.name, bytes)) return false;
    held += bytes;
    return true;
  });
  const response = incoming.http?.response;
  if (!arriving || !response) return arriving;
  const release = (): void => {
    bodies.give(user.name, held);
    held = 0;
  };
  response.once('close', release);
  return arriving.then(() => (response.destroyed ? release() : undefined));
}

function admit(request: RequestScope, gateway: Gateway, next: () => Promise<Answer>): Promise<Answer> {
  const { info, user, incoming } = request;
  const { flowControl, memory } = gateway;
  const flow = flowControl.flowOf(user, info);
  nameFlow(request, flow);
  if (info.verb === 'list' && !memory.answers.hasRoom(user.name)) {
    flowControl.turnAway(flow, 'answers-unread');
    return refuse(request, flowControl);
  }
  const seats = seatsOf(info, incoming.query, flow.level.maxSeats, () => objectsOf(gateway, info));
  const ticket = flowControl.arrive(flow, seats, performance.now(), () => mayWaitMs(incoming.query));
  if (ticket.state === 'executing') return serve(ticket, request, gateway, next);
  if (ticket.state === 'refused') return refuse(request, flowControl);
  return wait(ticket, request, gateway).then(() => {
    request.waitedMs = performance.now() - ticket.arrivedAt;
    return ticket.state === 'executing' ? serve(ticket, request, gateway, next) : refuse(request, flowControl);
  });
}

/** By uid: names would tell everybody how the administrator ranks them. */
function nameFlow({ incoming }: RequestScope, { schema, level }: Flow): void {
  const response = incoming.http?.response;
  if (!response) return;
  response.setHeader('x-kubernetes-pf-flowschema-uid', schema.uid);
  response.setHeader('x-kubernetes-pf-prioritylevel-uid', level.settings.uid);
}

function objectsOf({ cache, resources }: Gateway, { group, version, resource }: RequestInfo): number {
  const found = resources.find({ group, version, plural: resource });
  if (!found) return 0;
  const stored = storedResource(found);
  return cache.kind(stored.group, stored.plural)?.size ?? 0;
}

function mayWaitMs(query: URLSearchParams): number {
  const [, amount, unit = ''] = durationFormat.exec(query.get('timeout') ?? '') ?? [];
  const given = amount === undefined ? requestTimeMs : Number(amount) * (unitMs[unit] ?? 0);
  return Math.min(given, requestTimeMs) * shareOfTimeToWait;
}

function wait(ticket: Ticket, request: RequestScope, { flowControl }: Gateway): Promise<void> {
  const gone = (): void => flowControl.cancel(ticket, performance.now());
  return new Promise((resolve) => {
    ticket.decided = () => {
      request.signal.removeEventListener('abort', gone);
      resolve();
    };
    request.signal.addEventListener('abort', gone, { once: true });
  });
}

/** Seats are given back when the answer is there, of a watch when its client has been told what is there. */
async function serve(
  ticket: Ticket,
  request: RequestScope,
  { flowControl }: Gateway,
  next: () => Promise<Answer>,
): Promise<Answer> {
  const kind = readOnly.has(request.info.verb) ? 'readOnly' : 'mutating';
  flowControl.inFlight[kind]++;
  const release = (): void => {
    if (ticket.state !== 'executing') return;
    flowControl.inFlight[kind]--;
    flowControl.finish(ticket, performance.now());
  };
  let streams = false;
  try {
    const answer = await next();
    if (!('stream' in answer) || request.info.verb !== 'watch') return answer;
    streams = true;
    request.caughtUp = release;
    return { stream: () => answer.stream().finally(release) };
  } finally {
    if (!streams) release();
  }
}

const refuse = ({ incoming }: RequestScope, { refusals }: FlowControl): Promise<never> =>
  refusals.refuse(incoming.http?.request.socket);
