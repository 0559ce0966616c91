import { hostname } from 'node:os';
import { IsInt, IsNotEmpty, IsNumber, IsString, Matches, Max, Min } from 'class-validator';
import { defaultEvictionRates, type EvictionRates } from './controllers/node-lifecycle/zones.js';

/** What the controller-manager is told by its environment; each field is the variable SHIPLOG_<FIELD>. */
export class ControllerManagerConfiguration {
  @IsString() @IsNotEmpty() natsUrl = 'nats://127.0.0.1:4222';
  @IsString() natsUser = '';
  @IsString() natsPassword = '';
  @IsString() databaseUrl = '';
  @IsInt() @Min(0) @Max(65535) healthPort = 0;
  @IsString() @IsNotEmpty() pkiFolder = '';
  /** IPv4 range that nodes without a pod range of their own get theirs from. */
  @Matches(/^([0-9.]+\/[0-9]+)?$/) clusterCidr = '';
  /** Lost nodes per second and zone that are cleared of their pods. */
  @IsNumber() @Min(0) nodeEvictionRate = defaultEvictionRates.normal;
  /** The same where too many nodes of a zone are not ready; 0 in zones of no more than `largeClusterSizeThreshold` nodes. */
  @IsNumber() @Min(0) secondaryNodeEvictionRate = defaultEvictionRates.secondary;
  @IsInt() @Min(0) largeClusterSizeThreshold = defaultEvictionRates.largeZone;
  /** From which fraction of nodes that are not ready, and from three of them, a zone is unhealthy. */
  @IsNumber() @Min(0) @Max(1) unhealthyZoneThreshold = defaultEvictionRates.unhealthyFraction;
  /** Who this process is among those that could lead. One that comes back under its name leads on at once. */
  @IsString() @IsNotEmpty() leaderIdentity = `${hostname()}_controller-manager`;

  get evictionRates(): EvictionRates {
    return {
      normal: this.nodeEvictionRate,
      secondary: this.secondaryNodeEvictionRate,
      largeZone: this.largeClusterSizeThreshold,
      unhealthyFraction: this.unhealthyZoneThreshold,
    };
  }
}
