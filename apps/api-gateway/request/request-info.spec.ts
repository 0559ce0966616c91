import { resolveRequestInfo, type RequestInfo } from './request-info.js';

const cases: [string, Partial<RequestInfo>][] = [
  ['GET /', { isResource: false, verb: 'get', path: '/' }],
  ['GET /healthz/ping', { isResource: false, path: '/healthz/ping' }],
  ['GET /api/v1', { isResource: false, path: '/api/v1' }],
  ['GET /apis/apps/v1', { isResource: false }],
  ['GET /api/v1/pods', { verb: 'list', group: '', version: 'v1', resource: 'pods', namespace: '', name: '' }],
  ['GET /api/v1/pods?watch=true', { verb: 'watch' }],
  ['GET /api/v1/pods?watch=0', { verb: 'list' }],
  ['GET /api/v1/pods?watch=x', { verb: 'watch' }],
  ['GET /api/v1/watch/namespaces/a/pods', { verb: 'watch', namespace: 'a', resource: 'pods' }],
  ['GET /api/v1/namespaces/a/pods/p', { verb: 'get', namespace: 'a', resource: 'pods', name: 'p', subresource: '' }],
  ['GET /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dp', { verb: 'list', name: 'p' }],
  [
    'POST /apis/apps/v1/namespaces/a/deployments',
    { verb: 'create', group: 'apps', namespace: 'a', resource: 'deployments' },
  ],
  ['PATCH /apis/apps/v1/namespaces/a/deployments/d/scale', { verb: 'patch', name: 'd', subresource: 'scale' }],
  ['DELETE /api/v1/namespaces/a/pods', { verb: 'deletecollection' }],
  ['DELETE /api/v1/namespaces/a', { verb: 'delete', resource: 'namespaces', namespace: 'a', name: 'a' }],
  ['PUT /api/v1/namespaces/a/finalize', { verb: 'update', resource: 'namespaces', name: 'a', subresource: 'finalize' }],
  ['GET /api/v1/namespaces/a/status', { resource: 'namespaces', name: 'a', subresource: 'status' }],
  [
    'GET /api/v1/namespaces/a/services/s/proxy/x/y',
    { resource: 'services', name: 's', subresource: 'proxy', rest: 'x/y' },
  ],
  ['GET /api/v1/namespaces/a/pods/a%2Fb', { name: 'a', subresource: 'b' }],
  ['GET /api/v1/namespaces/a/pods/%zz', { resource: 'pods', name: '%zz' }],
  [
    'GET /as-of/42/api/v1/namespaces/a/pods',
    { asOf: '42', verb: 'list', namespace: 'a', path: '/api/v1/namespaces/a/pods' },
  ],
  ['GET /as-of/2026-01-01T00:00:00Z/version', { asOf: '2026-01-01T00:00:00Z', isResource: false, path: '/version' }],
  ['OPTIONS /api/v1/pods', { verb: 'options', resource: 'pods' }],
];
test.each(cases)('%s', (line, expected) => {
  const [method = '', url = ''] = line.split(' ');
  const [path = '', query = ''] = url.split('?');
  expect(resolveRequestInfo(method, path, new URLSearchParams(query))).toMatchObject(expected);
});
