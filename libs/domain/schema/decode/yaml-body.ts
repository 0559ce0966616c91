import { isMap, isPair, isScalar, LineCounter, parseAllDocuments, visit, type Document, type Tags } from 'yaml';

/** YAML that cannot be read; the message starts with `yaml: `. */
export class YamlError extends Error {}

export interface YamlBody {
  readonly data: unknown;
  /** `line 5: key "name" already set in map` */
  readonly duplicates: readonly string[];
}

const booleans = [
  { value: true, words: /^(?:true|True|TRUE|y|Y|yes|Yes|YES|on|On|ON)$/ },
  { value: false, words: /^(?:false|False|FALSE|n|N|no|No|NO|off|Off|OFF)$/ },
].map(({ value, words }) => ({
  identify: (candidate: unknown) => candidate === value,
  default: true as const,
  tag: 'tag:yaml.org,2002:bool',
  test: words,
  resolve: () => value,
}));

/** What the API's readers do not know: times and base-60 numbers stay text. */
const unknownTags = /:(timestamp|set|omap|pairs|binary|bool|merge)$/;

const tags = (all: Tags): Tags => [
  ...booleans,
  ...all.filter(
    (tag) => typeof tag === 'string' || !(unknownTags.test(tag.tag) || ('format' in tag && tag.format === 'TIME')),
  ),
];

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key);

function duplicateKeys(document: Document, lines: LineCounter): string[] {
  const found: { offset: number; text: string }[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const text = keyText(key);
        const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
        if (seen.has(text)) found.push({ offset, text });
        seen.add(text);
      }
    },
  });
  return found
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, text }) => `line ${lines.linePos(offset).line}: key ${JSON.stringify(text)} already set in map`);
}

/** Keys of any scalar type become texts, as JSON needs them. */
function stringKeys(document: Document): void {
  visit(document, {
    Pair(_, pair) {
      if (isPair(pair) && isScalar(pair.key) && typeof pair.key.value !== 'string') pair.key.value = keyText(pair.key);
    },
  });
}

/** The first document of a YAML text as JSON data. @throws YamlError */
export function readYaml(text: string): YamlBody {
  const lineCounter = new LineCounter();
  const [document] = parseAllDocuments(text, {
    version: '1.1',
    merge: true,
    customTags: tags,
    uniqueKeys: false,
    lineCounter,
    strict: true,
    logLevel: 'error',
  });
  if (!document || !('errors' in document)) return { data: null, duplicates: [] };
  const [problem] = document.errors;
  if (problem) throw new YamlError(`yaml: line ${problem.linePos?.[0].line ?? 1}: ${problem.message.split('\n')[0]}`);
  const plain = document as unknown as Document;
  const duplicates = isMap(plain.contents) ? duplicateKeys(plain, lineCounter) : [];
  stringKeys(plain);
  try {
    return { data: plain.toJS({ maxAliasCount: 1000 }) as unknown, duplicates };
  } catch (error) {
    throw new YamlError(`yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
}
