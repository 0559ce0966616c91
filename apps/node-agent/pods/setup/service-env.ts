import type { Service } from '@shiplog/domain';

/** The variables by which containers find Services that existed before them (SVC_SERVICE_HOST, SVC_PORT_80_TCP_ADDR, …). Pure. */
export function serviceVariables(services: readonly Service[]): [string, string][] {
  return services.flatMap(({ metadata, spec }) => {
    const host = spec?.clusterIP;
    const ports = spec?.ports ?? [];
    const [first] = ports;
    if (!host || host === 'None' || !first) return [];
    const name = variableName(metadata?.name ?? '');
    const address = host.includes(':') ? `[${host}]` : host;
    const url = (port: (typeof ports)[number]): string =>
      `${(port.protocol ?? 'TCP').toLowerCase()}://${address}:${port.port}`;
    return [
      [`${name}_SERVICE_HOST`, host],
      [`${name}_SERVICE_PORT`, String(first.port)],
      ...ports.flatMap((port): [string, string][] =>
        port.name ? [[`${name}_SERVICE_PORT_${variableName(port.name)}`, String(port.port)]] : [],
      ),
      [`${name}_PORT`, url(first)],
      ...ports.flatMap((port): [string, string][] => {
        const protocol = port.protocol ?? 'TCP';
        const prefix = `${name}_PORT_${port.port}_${protocol}`;
        return [
          [prefix, url(port)],
          [`${prefix}_PROTO`, protocol.toLowerCase()],
          [`${prefix}_PORT`, String(port.port)],
          [`${prefix}_ADDR`, host],
        ];
      }),
    ] satisfies [string, string][];
  });
}

const variableName = (name: string): string => name.toUpperCase().replaceAll('-', '_');
