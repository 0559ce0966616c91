import { parseData } from '@shiplog/domain';
import { valueAnswer } from './object-answer.js';

test.each(['y', 'yes', 'Off', '010', '1_000', '1:30', '2024-01-01', '~', '1e3', 'plain'])(
  'the text %s comes back from YAML as text',
  (text) => {
    const answer = valueAnswer(200, { data: { [text]: text } }, { media: 'yaml', asVersion: 'v1' });
    const body = 'body' in answer ? answer.body.toString() : '';
    expect(parseData(body, 'application/yaml')).toEqual({ data: { [text]: text } });
  },
);

test('objects are protobuf for those who read nothing else; what has no such form stays JSON', () => {
  const written = (kind: string): unknown => {
    const answer = valueAnswer(200, { kind, apiVersion: 'v1' }, { media: 'protobuf', asVersion: 'v1' });
    if (!('body' in answer)) return undefined;
    const text =
      typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body as Uint8Array).toString('latin1');
    return [answer.headers?.['content-type'], text.slice(0, 3)];
  };
  expect(written('ConfigMap')).toEqual(['application/vnd.kubernetes.protobuf', 'k8s']);
  expect(written('Nonsense')).toEqual(['application/json', '{"k']);
});
