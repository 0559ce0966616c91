import type { Service } from '@shiplog/domain';

/** The label by which a slice names its Service. */
export const serviceNameLabel = 'kubernetes.io/service-name';

export const isHeadless = ({ spec }: Service): boolean => spec?.clusterIP === 'None';

/** The IPv4 addresses of a Service within the cluster: none if it is headless, external or not assigned yet. */
export const clusterAddresses = ({ spec }: Service): string[] =>
  [...new Set([...(spec?.clusterIPs ?? []), ...(spec?.clusterIP ? [spec.clusterIP] : [])])].filter(isIPv4);

export const isIPv4 = (address: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(address);
