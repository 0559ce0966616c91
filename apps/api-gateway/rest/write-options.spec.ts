import { unprintable } from './write-options.js';

test.each([
  ['kubectl-client-side-apply', []],
  ['é ü 漢 (x)', []],
  ['bad\nname', ['invalid character U+000A (at position 3)']],
  ['é\t\u200b', ['invalid character U+0009 (at position 2)', 'invalid character U+200B (at position 3)']],
])('%j has the unprintable characters %j', (text, expected) => expect(unprintable(text)).toEqual(expected));
