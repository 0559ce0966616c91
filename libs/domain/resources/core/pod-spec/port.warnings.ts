import { all, each } from '../../../api/findings.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { ContainerPort } from '../../../api/generated/types.js';

type Placed = readonly [container: { readonly ports?: readonly ContainerPort[] }, at: FieldPath];

/** Ports of a pod's containers that stand in each other's way, or for nothing. Texts for Warning headers. Pure. */
export function portWarnings(containers: readonly Placed[]): string[] {
  const ports = each(containers, ([container, at]) =>
    (container.ports ?? []).map((port, i) => ({ port, at: at.child('ports').index(i) })),
  );
  return all(
    each(ports, ({ port, at }, i) =>
      all(
        port.hostIP && !port.hostPort ? [`${at}: hostIP set without hostPort: ${JSON.stringify(port)}`] : [],
        each(ports.slice(0, i), (other) => {
          const clash = portClash(port, other.port);
          return clash ? [`${at}: ${clash} port definition with ${other.at}`] : [];
        }),
      ),
    ),
    each(ports, ({ port: { name }, at }, i) => {
      const first = ports.find((other) => other.port.name === name);
      return name && first && ports.indexOf(first) < i
        ? [
            `${at}: duplicate port name ${JSON.stringify(name)} with ${first.at}, services and probes that select ports by name will use ${first.at}`,
          ]
        : [];
    }),
  );
}

function portClash(one: ContainerPort, other: ContainerPort): string | undefined {
  if (one.containerPort !== other.containerPort || one.protocol !== other.protocol) return undefined;
  const [here, there] = [one.hostIP ?? '', other.hostIP ?? ''];
  const samePort = (one.hostPort ?? 0) === (other.hostPort ?? 0);
  if (here === there && samePort) return 'duplicate';
  if (!one.hostPort || !other.hostPort) return 'overlapping';
  return samePort && (here === '') !== (there === '') ? 'dangerously ambiguous' : undefined;
}
