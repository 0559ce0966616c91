import { IsInt, IsNotEmpty, IsString, Matches, Max, Min } from 'class-validator';

/** What the gateway is told by its environment; each field is the variable SHIPLOG_<FIELD>. */
export class GatewayConfiguration {
  @IsString() @IsNotEmpty() natsUrl = 'nats://127.0.0.1:4222';
  @IsString() natsUser = '';
  @IsString() natsPassword = '';
  @IsString() databaseUrl = '';
  @IsInt() @Min(0) @Max(65535) healthPort = 0;
  @IsString() listenAddress = '0.0.0.0';
  @IsInt() @Min(0) @Max(65535) listenPort = 6443;
  @IsString() @IsNotEmpty() pkiFolder = '';
  @IsString() keyRingFile = '';
  @IsString() tokenFile = '';
  @Matches(/^[0-9a-f.:]+\/[0-9]+$/) serviceCidr = '10.96.0.0/16';
  @Matches(/^[0-9]+-[0-9]+$/) nodePortRange = '30000-32767';
  @IsString() @IsNotEmpty() clusterDomain = 'cluster.local';
  @IsString() @IsNotEmpty() serviceAccountIssuer = 'https://kubernetes.default.svc.cluster.local';
  @IsString() advertiseAddress = '';
  /** Seats that priority levels share, at most and at least; how many there are is what the event loop can serve within the latency. */
  @IsInt() @Min(1) maxRequestsInFlight = 600;
  @IsInt() @Min(1) minRequestsInFlight = 60;
  /** How long requests that are served at the same time may keep each other waiting. */
  @IsInt() @Min(1) requestLatencyMs = 100;
  /**
   * How much of the recent past each kind keeps in memory, for pages of one moment and watches that resume; what lies behind it is read from the log
   * and the archive. As long as upstream's watch cache keeps an event for certain.
   */
  @IsInt() @Min(1) watchWindowSeconds = 75;
  @IsInt() @Min(1) watchWindowMegabytes = 24;
  /** How long Events are kept after they were last seen to happen; their history stays in PostgreSQL. */
  @IsInt() @Min(1) eventTtlMinutes = 60;
}
