import { IsBoolean, IsIn, IsInt, IsIP, IsNotEmpty, IsString, Max, Min } from 'class-validator';

/** Settings of one node, or of a process of hollow nodes, from SHIPLOG_* environment variables. */
export class NodeAgentConfiguration {
  /** Also names the certificate of this process. */
  @IsString()
  @IsNotEmpty({ message: 'a node needs a name, e.g. node-1' })
  nodeName = '';

  /** With runtime hollow: the nodes of this process, `node-1..node-500`. */
  @IsString()
  hollowNodes = '';

  /** Of the first, if there are many; the others have those that follow. So it is with podCidr. */
  @IsIP()
  nodeIp = '127.0.0.1';

  /** The range that this node's pods get their addresses from. */
  @IsString()
  podCidr = '10.201.0.0/24';

  @IsIn(['cri', 'hollow'])
  runtime = 'cri';

  /** Path of containerd's socket. */
  @IsString()
  criEndpoint = '/run/containerd/containerd.sock';

  @IsIP()
  clusterDns = '10.96.0.10';

  /** Whether this agent forwards Services and answers cluster DNS in the network that it runs in. */
  @IsBoolean()
  network = true;

  @IsString()
  clusterDomain = 'cluster.local';

  @IsString()
  @IsNotEmpty({ message: 'the kubeconfig with which the node reaches the API' })
  kubeconfig = '';

  /** Logs, exec and port-forward are served here; 0: any free port. */
  @IsInt()
  @Min(0)
  @Max(65535)
  servingPort = 10250;

  /** Holds ca.crt and the node's own certificate and key, `<node>.crt` and `<node>.key`. */
  @IsString()
  pkiFolder = '/etc/shiplog/pki';

  /** Volumes, logs and files of this node's pods. */
  @IsString()
  rootFolder = '/var/lib/shiplog/node';

  @IsInt()
  @Min(0)
  @Max(65535)
  healthPort = 0;
}
