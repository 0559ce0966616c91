/** JSON as it was written: every entry of an object, duplicates included, in order. */
export type JsonTree =
  | { readonly form: 'object'; readonly entries: readonly (readonly [string, JsonTree])[] }
  | { readonly form: 'array'; readonly items: readonly JsonTree[] }
  | { readonly form: 'scalar' };

/** Nested deeper than this, text is refused: whoever walks an object may recurse. */
export const maxDepth = 1000;

/** Malformed JSON, worded as Go's decoder words it. */
export class JsonSyntaxError extends Error {}

const endOfInput = 'unexpected end of JSON input';
const scalar: JsonTree = { form: 'scalar' };
const literals: Record<string, string> = { t: 'true', f: 'false', n: 'null' };

const quotedCharacter = (character: string): string =>
  character === "'" ? String.raw`'\''` : character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`;

/** Reads JSON slowly and with care: for text that has errors or duplicates, which JSON.parse does not tell about. */
class TreeReader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): JsonTree {
    const value = this.value(1);
    this.space();
    if (this.at < this.text.length) throw this.unexpected('after top-level value');
    return value;
  }

  private unexpected(where: string): JsonSyntaxError {
    const character = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
    return new JsonSyntaxError(
      this.at >= this.text.length ? endOfInput : `invalid character ${quotedCharacter(character)} ${where}`,
    );
  }

  private space(): void {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at] ?? '')) this.at++;
  }

  private value(depth: number): JsonTree {
    this.space();
    const character = this.text[this.at] ?? '';
    if (character === '{' || character === '[') {
      if (depth > maxDepth) throw this.unexpected('exceeded max depth');
      return character === '{' ? this.object(depth) : this.array(depth);
    }
    if (character === '"') this.string();
    else if (character in literals) this.literal(literals[character] ?? '');
    else if (character === '-' || (character >= '0' && character <= '9')) this.number();
    else throw this.unexpected('looking for beginning of value');
    return scalar;
  }

  private object(depth: number): JsonTree {
    const entries: [string, JsonTree][] = [];
    this.at++;
    this.space();
    if (this.text[this.at] === '}') {
      this.at++;
      return { form: 'object', entries };
    }
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') throw this.unexpected('looking for beginning of object key string');
      const key = this.string();
      this.space();
      if (this.text[this.at] !== ':') throw this.unexpected('after object key');
      this.at++;
      entries.push([key, this.value(depth + 1)]);
      this.space();
      const next = this.text[this.at];
      if (next !== ',' && next !== '}') throw this.unexpected('after object key:value pair');
      this.at++;
      if (next === '}') return { form: 'object', entries };
    }
  }

  private array(depth: number): JsonTree {
    const items: JsonTree[] = [];
    this.at++;
    this.space();
    if (this.text[this.at] === ']') {
      this.at++;
      return { form: 'array', items };
    }
    for (;;) {
      items.push(this.value(depth + 1));
      this.space();
      const next = this.text[this.at];
      if (next !== ',' && next !== ']') throw this.unexpected('after array element');
      this.at++;
      if (next === ']') return { form: 'array', items };
    }
  }

  private string(): string {
    const start = this.at++;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || character < ' ') throw this.unexpected('in string literal');
      this.at++;
      if (character === '"') return JSON.parse(this.text.slice(start, this.at)) as string;
      if (character === '\\') this.escape();
    }
  }

  private escape(): void {
    const character = this.text[this.at];
    if (character === undefined || !'"\\/bfnrtu'.includes(character)) throw this.unexpected('in string escape code');
    this.at++;
    if (character !== 'u') return;
    for (let i = 0; i < 4; i++, this.at++)
      if (!/[0-9a-fA-F]/.test(this.text[this.at] ?? '')) throw this.unexpected('in \\u hexadecimal character escape');
  }

  private literal(word: string): void {
    for (const [i, expected] of [...word].entries()) {
      if (this.text[this.at] !== expected)
        throw this.unexpected(`in literal ${word} (expecting ${quotedCharacter(word[i] ?? '')})`);
      this.at++;
    }
  }

  private digits(where: string): void {
    if (!/[0-9]/.test(this.text[this.at] ?? '')) throw this.unexpected(where);
    while (/[0-9]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private number(): void {
    if (this.text[this.at] === '-') this.at++;
    if (this.text[this.at] === '0') this.at++;
    else this.digits('in numeric literal');
    if (this.text[this.at] === '.') {
      this.at++;
      this.digits('after decimal point in numeric literal');
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      this.at++;
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++;
      this.digits('in exponent of numeric literal');
    }
  }
}

/** @throws JsonSyntaxError */
export const readJsonTree = (text: string): JsonTree => new TreeReader(text).read();
