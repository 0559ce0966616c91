import { InMemoryCluster } from './in-memory-cluster.js';

const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'a' };
const web = { ...deployments, name: 'web' };
const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
});

test('it defaults, validates, versions and remembers why, as the API does', async () => {
  const cluster = new InMemoryCluster();
  const created = await cluster.create(deployments, deployment(1), { cause: 'RESOURCES/9', fieldManager: 'one' });
  expect(created).toMatchObject({
    metadata: { generation: 1, resourceVersion: '1' },
    spec: { revisionHistoryLimit: 10 },
  });
  await expect(cluster.create(deployments, deployment(1))).rejects.toMatchObject({ reason: 'AlreadyExists' });
  await expect(cluster.patch(web, 'merge', { spec: { replicas: -1 } })).rejects.toMatchObject({ reason: 'Invalid' });
  const scaled = await cluster.patch(web, 'strategic', {
    spec: { template: { spec: { containers: [{ name: 'c', image: 'j' }] } } },
  });
  expect(scaled.metadata.generation).toBe(2);
  expect(await cluster.lastEvent(web)).toMatchObject({ context: { change: 'spec', verb: 'patch' } });
});

test('two appliers conflict over a field, and one may take it', async () => {
  const cluster = new InMemoryCluster();
  await cluster.patch(web, 'apply', deployment(1), { fieldManager: 'one' });
  await expect(cluster.patch(web, 'apply', deployment(2), { fieldManager: 'two' })).rejects.toMatchObject({
    reason: 'Conflict',
  });
  await expect(cluster.patch(web, 'apply', deployment(2), { fieldManager: 'two', force: true })).resolves.toMatchObject(
    { spec: { replicas: 2 } },
  );
});

test('what is deleted is gone from lists, and its name is free', async () => {
  const cluster = new InMemoryCluster();
  await cluster.create(deployments, deployment(1));
  await cluster.delete(web);
  expect((await cluster.list(deployments)).items).toEqual([]);
  await expect(cluster.create(deployments, deployment(1))).resolves.toMatchObject({
    metadata: { resourceVersion: '3' },
  });
});
