import { all, each } from '../../../api/findings.js';
import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Lifecycle, LifecycleHandler, Probe } from '../../../api/generated/types.js';
import { isHttpHeaderName, isPortName, isPortNumber } from '../../../api/names.js';
import { nonNegative } from '../../rules.js';

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>;

/** A port by its number or by its name. */
export const portNumberOrName = (port: number | string, at: FieldPath): FieldError[] =>
  (typeof port === 'number' ? isPortNumber(port) : isPortName(port)).map((text) => invalid(at, port, text));

function validateHttpGet(
  { path, port, scheme, httpHeaders = [] }: NonNullable<Probe['httpGet']>,
  at: FieldPath,
): FieldError[] {
  return all(
    path ? [] : [required(at.child('path'))],
    portNumberOrName(port, at.child('port')),
    scheme === 'HTTP' || scheme === 'HTTPS' ? [] : [notSupported(at.child('scheme'), scheme ?? '', ['HTTP', 'HTTPS'])],
    each(httpHeaders, ({ name }) => isHttpHeaderName(name).map((text) => invalid(at.child('httpHeaders'), name, text))),
  );
}

function validateHandler(handler: Handler, gracePeriod: number | undefined, at: FieldPath): FieldError[] {
  const rules: readonly [keyof Handler, () => FieldError[]][] = [
    ['exec', () => (handler.exec?.command?.length ? [] : [required(at.child('exec', 'command'))])],
    ['httpGet', () => (handler.httpGet ? validateHttpGet(handler.httpGet, at.child('httpGet')) : [])],
    [
      'tcpSocket',
      () => (handler.tcpSocket ? portNumberOrName(handler.tcpSocket.port, at.child('tcpSocket', 'port')) : []),
    ],
    ['grpc', () => (handler.grpc ? portNumberOrName(handler.grpc.port, at.child('grpc', 'port')) : [])],
    ['sleep', () => validateSleep(handler.sleep?.seconds ?? 0, gracePeriod, at.child('sleep'))],
  ];
  const present = rules.filter(([type]) => handler[type] !== undefined);
  if (present.length === 0) return [required(at, 'must specify a handler type')];
  return each(present, ([type, rule], i) =>
    i === 0 ? rule() : [forbiddenField(at.child(type), 'may not specify more than 1 handler type')],
  );
}

const validateSleep = (seconds: number, gracePeriod: number | undefined, at: FieldPath): FieldError[] =>
  gracePeriod !== undefined && (seconds < 0 || seconds > gracePeriod)
    ? [invalid(at, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`)]
    : [];

function validateProbe(probe: Probe, gracePeriod: number | undefined, at: FieldPath): FieldError[] {
  const counts = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const;
  const grace = probe.terminationGracePeriodSeconds;
  return all(
    validateHandler(probe, gracePeriod, at),
    each(counts, (field) => nonNegative(probe[field], at.child(field))),
    grace !== undefined && grace <= 0
      ? [invalid(at.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0')]
      : [],
  );
}

interface Probed {
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}

/** Liveness and startup probes succeed once; only they may set how long a failing container has to stop. */
export function validateProbes(
  { livenessProbe, readinessProbe, startupProbe }: Probed,
  gracePeriod: number | undefined,
  at: FieldPath,
): FieldError[] {
  const once = (probe: Probe | undefined, path: FieldPath): FieldError[] =>
    probe
      ? all(
          validateProbe(probe, gracePeriod, path),
          probe.successThreshold === 1
            ? []
            : [invalid(path.child('successThreshold'), probe.successThreshold ?? 0, 'must be 1')],
        )
      : [];
  const readiness = at.child('readinessProbe');
  const readinessGrace = readinessProbe?.terminationGracePeriodSeconds;
  return all(
    once(livenessProbe, at.child('livenessProbe')),
    readinessProbe ? validateProbe(readinessProbe, gracePeriod, readiness) : [],
    readinessGrace === undefined
      ? []
      : [
          invalid(
            readiness.child('terminationGracePeriodSeconds'),
            readinessGrace,
            'must not be set for readinessProbes',
          ),
        ],
    once(startupProbe, at.child('startupProbe')),
  );
}

export function validateLifecycle(lifecycle: Lifecycle, gracePeriod: number | undefined, at: FieldPath): FieldError[] {
  return all(
    lifecycle.postStart ? validateHandler(lifecycle.postStart, gracePeriod, at.child('postStart')) : [],
    lifecycle.preStop ? validateHandler(lifecycle.preStop, gracePeriod, at.child('preStop')) : [],
  );
}
