import {
  assertRequirement,
  type LabelMatcher,
  type LabelRequirement,
  type SelectorOperator,
} from './label-selector.js';
import { isQualifiedName } from './names.js';
import { badRequest } from './status-error.js';

const symbols = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'];
const wordOperators = ['in', 'notin'];
const binaryOperators: Record<string, SelectorOperator> = {
  '=': '=',
  '==': '==',
  '!=': '!=',
  in: 'in',
  notin: 'notin',
  '>': 'gt',
  '<': 'lt',
};
const expectedOperators = 'in, notin, =, ==, !=, gt, lt';

interface Token {
  readonly text: string;
  /** A word may be a key, a value or, between the two, an operator. */
  readonly type: 'word' | 'symbol' | 'end';
}

const end: Token = { text: '', type: 'end' };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < text.length;) {
    const symbol = symbols.find((candidate) => text.startsWith(candidate, at));
    if (symbol !== undefined) {
      found.push({ text: symbol, type: 'symbol' });
      at += symbol.length;
      continue;
    }
    const word = /[^=!(),><\s]+/y;
    word.lastIndex = at;
    const match = word.exec(text)?.[0] ?? '';
    if (match !== '') found.push({ text: match, type: 'word' });
    at += Math.max(match.length, 1);
  }
  return found;
}

const unparsable = (what: string): Error => badRequest(`unable to parse requirement: ${what}`);

/**
 * The string form of a label selector: `app=web,tier in (a,b),!canary,x>3`. Empty selects everything.
 * @throws StatusError BadRequest, worded as clients know it.
 */
export function parseLabelSelector(text: string): LabelMatcher {
  return new LabelSelectorParser(tokens(text)).parse();
}

class LabelSelectorParser {
  private at = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  parse(): LabelMatcher {
    const requirements: LabelRequirement[] = [];
    if (this.peek().type === 'end') return { requirements };
    if (!this.startsRequirement())
      throw badRequest(`found '${this.peek().text}', expected: !, identifier, or 'end of string'`);
    for (;;) {
      requirements.push(this.requirement());
      const separator = this.next();
      if (separator.type === 'end') return { requirements: requirements.sort(byKey) };
      if (separator.text !== ',') throw badRequest(`found '${separator.text}', expected: ',' or 'end of string'`);
      if (!this.startsRequirement()) throw badRequest(`found '${this.peek().text}', expected: identifier after ','`);
    }
  }

  private peek(): Token {
    return this.tokens[this.at] ?? end;
  }

  private next(): Token {
    return this.tokens[this.at++] ?? end;
  }

  private startsRequirement(): boolean {
    return this.peek().type === 'word' || this.peek().text === '!';
  }

  private requirement(): LabelRequirement {
    const negated = this.peek().text === '!' && this.next() !== end;
    const key = this.key();
    if (negated) return assertRequirement({ key, operator: '!', values: [] });
    const follows = this.peek();
    if (follows.type === 'end' || follows.text === ',')
      return assertRequirement({ key, operator: 'exists', values: [] });
    const operator = this.operator();
    const values = wordOperators.includes(operator) ? this.valueList() : [this.value()];
    return assertRequirement({ key, operator, values: [...new Set(values)].sort() });
  }

  private key(): string {
    const { text, type } = this.next();
    if (type !== 'word') throw unparsable(`found '${text}', expected: identifier`);
    const wrong = isQualifiedName(text);
    if (wrong.length > 0) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(text)}: ${wrong.join('; ')}`);
    return text;
  }

  private operator(): SelectorOperator {
    const { text } = this.next();
    const operator = binaryOperators[text];
    if (operator === undefined) throw unparsable(`found '${text}', expected: ${expectedOperators}`);
    return operator;
  }

  private value(): string {
    const follows = this.peek();
    if (follows.type === 'end' || follows.text === ',') return '';
    const { text, type } = this.next();
    if (type !== 'word') throw unparsable(`found '${text}', expected: identifier`);
    return text;
  }

  /** `(a,b)`; an empty place between commas or parentheses is the empty value. */
  private valueList(): string[] {
    const opening = this.next();
    if (opening.text !== '(') throw unparsable(`found '${opening.text}' expected: '('`);
    const first = this.peek();
    if (first.type !== 'word' && first.text !== ',' && first.text !== ')')
      throw unparsable(`found '${first.text}', expected: ',', ')' or identifier`);
    const values: string[] = [];
    for (;;) {
      values.push(this.peek().type === 'word' ? this.next().text : '');
      const { text, type } = this.next();
      if (text === ')') return values;
      if (text !== ',') throw unparsable(`found '${text}', expected: ',' or ')'`);
      const follows = this.peek();
      if (follows.type === 'end' || (type === 'symbol' && follows.type === 'symbol' && !',)'.includes(follows.text)))
        throw unparsable(`found '${follows.text}', expected: ',', or identifier`);
    }
  }
}

const byKey = (a: LabelRequirement, b: LabelRequirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
