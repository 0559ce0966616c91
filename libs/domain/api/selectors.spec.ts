import { FieldPath } from './field-path.js';
import { matchesFields, parseFieldSelector } from './field-selector.js';
import { labelMatcher, matchesLabels, printLabelMatcher, validateLabelSelector } from './label-selector.js';
import { parseLabelSelector } from './parse-label-selector.js';

const labels = { app: 'web', tier: 'a', n: '5', empty: '' };

describe('label selectors as text', () => {
  const cases: [text: string, selected: boolean][] = [
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app!=web', false],
    ['none!=x', true],
    ['app', true],
    ['!app', false],
    ['!none', true],
    ['app in (db, web)', true],
    ['app in(db)', false],
    ['app notin (db),tier', true],
    ['none notin (x)', true],
    ['n>4', true],
    ['n<5', false],
    ['app>4', false],
    ['empty=', true],
    ['empty in (,x)', true],
    ['empty in ()', true],
    ['in in (in)', false],
    ['app=web,tier=b', false],
    ['toString', false],
  ];
  test.each(cases)('%s', (text, selected) => expect(matchesLabels(parseLabelSelector(text), labels)).toBe(selected));

  const wrong: [text: string, message: string][] = [
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['-a=b', 'unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of'],
    ['a=-b', 'unable to parse requirement: values[0][a]: Invalid value: "-b": a valid label must be'],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['!!a', "unable to parse requirement: found '!', expected: identifier"],
    [
      'a>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['a,', "found '', expected: identifier after ','"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
  ];
  test.each(wrong)('refuses %s', (text, message) => expect(() => parseLabelSelector(text)).toThrow(message));

  it.each(['a=b,c!=d', 'a in (x,y),!b', 'n>4'])('prints %s as it reads it', (text) =>
    expect(printLabelMatcher(parseLabelSelector(text))).toBe(text.replace('a in (x,y),!b', 'a in (x,y),!b')),
  );
});

describe('LabelSelector objects', () => {
  it('selects nothing when absent and everything when empty', () => {
    expect(matchesLabels(labelMatcher(undefined), labels)).toBe(false);
    expect(matchesLabels(labelMatcher({}), labels)).toBe(true);
  });
  it('holds all of matchLabels and matchExpressions', () => {
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'In', values: ['a'] }],
    };
    expect(matchesLabels(labelMatcher(selector), labels)).toBe(true);
    expect(matchesLabels(labelMatcher({ ...selector, matchLabels: { app: 'db' } }), labels)).toBe(false);
  });
  it('reports each violation with its path', () => {
    const errors = validateLabelSelector(
      {
        matchLabels: { '-': 'x' },
        matchExpressions: [
          { key: 'a', operator: 'In' },
          { key: 'a', operator: 'Exists', values: ['x'] },
          { key: 'a', operator: 'X' },
        ],
      },
      FieldPath.of('spec', 'selector'),
    );
    expect(errors.map(({ field, reason }) => `${field} ${reason}`)).toEqual([
      'spec.selector.matchLabels FieldValueInvalid',
      'spec.selector.matchExpressions[0].values FieldValueRequired',
      'spec.selector.matchExpressions[1].values FieldValueForbidden',
      'spec.selector.matchExpressions[2].operator FieldValueInvalid',
    ]);
  });
});

describe('field selectors', () => {
  const valueOf = (field: string): string => ({ 'metadata.name': 'a,b=c', 'status.phase': 'Running' })[field] ?? '';
  const cases: [text: string, selected: boolean][] = [
    ['', true],
    ['status.phase=Running', true],
    ['status.phase==Running', true],
    ['status.phase!=Running', false],
    ['metadata.name=a\\,b\\=c,status.phase=Running', true],
    ['status.phase=', false],
  ];
  test.each(cases)('%s', (text, selected) => expect(matchesFields(parseFieldSelector(text), valueOf)).toBe(selected));

  const wrong: [text: string, message: string][] = [
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b\\c', 'invalid field selector: invalid escape sequence: \\c'],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ];
  test.each(wrong)('refuses %s', (text, message) => expect(() => parseFieldSelector(text)).toThrow(message));
});
