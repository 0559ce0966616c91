import { hostname } from 'node:os';
import { IsInt, IsNotEmpty, IsString, Matches, Max, Min } from 'class-validator';

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
  /** Who this process is among those that could lead. One that comes back under its name leads on at once. */
  @IsString() @IsNotEmpty() leaderIdentity = `${hostname()}_controller-manager`;
}
