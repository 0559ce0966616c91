import { StatusError, unavailable } from '@shiplog/domain';

/**
 * The client hung up before it was answered: nobody's fault here, so no 5xx in the metrics. 499 is what proxies count it as; kube-apiserver
 * counts 504.
 */
export const clientIsGone = (): StatusError => new StatusError(499, 'Unknown', 'the client is gone');

/** Another gateway, or this one in a moment, may answer. */
export const serverStops = (): StatusError => unavailable('the server is shutting down');
