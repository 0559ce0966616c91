import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { hasReason, type AnyResource, type KubeObject } from '@shiplog/domain';
import type { HealthCheck } from '@shiplog/component-base';
import type { Gateway } from '../gateway.js';
import { ownWrite } from '../bootstrap/ensure-bootstrap-objects.js';

const freshMs = 2_000;
const leaseDurationSeconds = 3_600;

/**
 * The gateway's own Lease in kube-system, as other API servers and people look for it. Renewing it is the write that readiness is
 * tested by: it goes all the way to the log.
 */
export class IdentityLease implements HealthCheck {
  readonly name = 'log-write';
  private readonly leaseName: string;
  private readonly holder: string;
  private renewedAt = -Infinity;
  private renewing: Promise<void> | undefined;

  constructor(
    private readonly gateway: Gateway,
    private readonly address: string,
  ) {
    const id = createHash('sha256').update(`${hostname()}/${address}`).digest('hex').slice(0, 26);
    this.leaseName = `apiserver-${id}`;
    this.holder = `${this.leaseName}_${randomUUID()}`;
  }

  /** Resolves once a write of the last two seconds is known to be durable. */
  readonly check = async (signal: AbortSignal): Promise<void> => {
    if (performance.now() - this.renewedAt < freshMs) return;
    this.renewing ??= this.renew(signal).finally(() => (this.renewing = undefined));
    await this.renewing;
  };

  private async renew(signal: AbortSignal): Promise<void> {
    const { gateway, leaseName } = this;
    const resource = gateway.resources.find({ group: 'coordination.k8s.io', version: 'v1', plural: 'leases' });
    if (!resource) throw new Error('leases are not served');
    try {
      await gateway.registry.update(
        resource,
        'kube-system',
        leaseName,
        (current) => this.lease(current),
        ownWrite('update', signal),
      );
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
      await this.create(resource, signal);
    }
    this.renewedAt = performance.now();
  }

  private async create(resource: AnyResource, signal: AbortSignal): Promise<void> {
    await this.gateway.registry.create(resource, 'kube-system', this.lease(undefined), ownWrite('create', signal));
  }

  private lease(current: KubeObject | undefined): KubeObject {
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        ...current?.metadata,
        name: this.leaseName,
        namespace: 'kube-system',
        labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': hostname() },
        annotations: { 'kubernetes.io/peer-advertise-address': this.address },
      },
      spec: {
        holderIdentity: this.holder,
        leaseDurationSeconds,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    };
  }
}
