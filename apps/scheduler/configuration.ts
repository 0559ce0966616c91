import { IsInt, IsNotEmpty, IsString, Max, Min } from 'class-validator';

/** What the scheduler is told by its environment; each field is the variable SHIPLOG_<FIELD>. */
export class SchedulerConfiguration {
  @IsString() @IsNotEmpty() natsUrl = 'nats://127.0.0.1:4222';
  @IsString() natsUser = '';
  @IsString() natsPassword = '';
  @IsString() databaseUrl = '';
  @IsInt() @Min(0) @Max(65535) healthPort = 0;
  /** How many of the nodes are looked at for a pod, in percent; 0: fewer the larger the cluster is. */
  @IsInt() @Min(0) @Max(100) percentageOfNodesToScore = 0;
  @IsInt() @Min(1) maxBindsInFlight = 128;
}
