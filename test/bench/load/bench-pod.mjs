/** The pod that the benchmarks create: the same as that of the load generator. JSON text. */
export const benchPod = (name, i) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { app: 'bench', shard: String(i % 10), tier: 'web' },
      annotations: { 'bench/note': 'n'.repeat(256) },
    },
    spec: {
      schedulerName: 'nobody',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'web',
          image: 'registry.example/team/web:1.27',
          command: ['/bin/serve', '--port=8080'],
          env: [
            { name: 'MODE', value: 'production' },
            { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          ports: [{ containerPort: 8080, name: 'http' }],
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
          readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5 },
        },
      ],
      tolerations: [{ key: 'dedicated', operator: 'Exists' }],
    },
  });
