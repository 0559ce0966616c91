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
