import type { ApiAnswer, ApiRequest, ApiTransport } from '../rest/api-request.js';
import { RequestClient } from '../rest/request-client.js';

/** A request to the API as a message: what the gateway's command endpoint takes. */
export interface Command extends ApiRequest {
  readonly userAgent?: string;
}

/** Carries one command to the gateway and its answer back. Rejects when there was no answer. */
export interface CommandTransport {
  send(command: Command, signal?: AbortSignal): Promise<ApiAnswer>;
}

/** The API as commands over NATS, for whoever follows the log: scheduler and controller-manager. */
export class CommandClient extends RequestClient {
  constructor(transport: CommandTransport, options: { userAgent: string }) {
    super(withUserAgent(transport, options.userAgent));
  }
}

/** The user agent names who acts, as the reference's clients do: `kube-controller-manager/…/system:serviceaccount:…`. */
const withUserAgent = (transport: CommandTransport, userAgent: string): ApiTransport => ({
  send: (request, signal) =>
    transport.send({ ...request, userAgent: request.actAs ? `${userAgent}/${request.actAs}` : userAgent }, signal),
});
