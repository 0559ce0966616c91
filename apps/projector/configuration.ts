import { IsInt, IsNotEmpty, IsString, Max, Min } from 'class-validator';

/** What the projector is told by its environment; each field is the variable SHIPLOG_<FIELD>. */
export class ProjectorConfiguration {
  @IsString() @IsNotEmpty() natsUrl = 'nats://127.0.0.1:4222';
  @IsString() natsUser = '';
  @IsString() natsPassword = '';
  @IsString() @IsNotEmpty() databaseUrl = '';
  @IsInt() @Min(0) @Max(65535) healthPort = 0;
  /** How much of the recent past stays in the log although it is archived and superseded. 0: the log is never thinned out. */
  @IsInt() @Min(0) compactionWindowMinutes = 60;
  /** How often the compactor looks whether there is something to drop. */
  @IsInt() @Min(1) compactionIntervalSeconds = 300;
}
