/**
 * What a name, key or value must look like. Each check returns what is wrong in the words that clients know from the API
 * (apimachinery's validation messages); an empty list means valid.
 */
export type FormatCheck = (value: string) => string[];

export const maxLength = (max: number): string => `must be no more than ${max} characters`;
export const nonEmpty = 'must be non-empty';
export const between = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;

function patternMessage(rule: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}',`).join('  or ');
  return `${rule} (${examples.length > 0 ? `e.g. ${shown} ` : ''}regex used for validation is '${pattern}')`;
}

const labelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`;
const dns1035Pattern = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualifiedPattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValuePattern = `(${qualifiedPattern})?`;
const configKeyPattern = '[-._a-zA-Z0-9]+';
const headerPattern = '[-A-Za-z0-9]+';
const percentPattern = '[0-9]+%';
const cIdentifierPattern = '[A-Za-z_][A-Za-z0-9_]*';

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const dnsLabel = whole(labelPattern);
const dnsSubdomain = whole(subdomainPattern);
const dns1035 = whole(dns1035Pattern);
const qualified = whole(qualifiedPattern);
const labelText = whole(labelValuePattern);
const configKey = whole(configKeyPattern);
const header = whole(headerPattern);
const percentText = whole(percentPattern);
const cIdentifier = whole(cIdentifierPattern);

/** A DNS label: at most 63 lower-case characters without dots (RFC 1123). */
export const isDnsLabel: FormatCheck = (value) => [
  ...(value.length > 63 ? [maxLength(63)] : []),
  ...(dnsLabel.test(value)
    ? []
    : dnsSubdomain.test(value)
      ? ['must not contain dots']
      : [
          patternMessage(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
            labelPattern,
            'my-name',
            '123-abc',
          ),
        ]),
];

/** A DNS subdomain: at most 253 characters of DNS labels joined by dots (RFC 1123). */
export const isDnsSubdomain: FormatCheck = (value) => [
  ...(value.length > 253 ? [maxLength(253)] : []),
  ...(dnsSubdomain.test(value)
    ? []
    : [
        patternMessage(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
          subdomainPattern,
          'example.com',
        ),
      ]),
];

/** A DNS label that starts with a letter (RFC 1035). */
export const isDns1035Label: FormatCheck = (value) => [
  ...(value.length > 63 ? [maxLength(63)] : []),
  ...(dns1035.test(value)
    ? []
    : [
        patternMessage(
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
          dns1035Pattern,
          'my-name',
          'abc-123',
        ),
      ]),
];

const qualifiedRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const qualifiedMessage = patternMessage(qualifiedRule, qualifiedPattern, 'MyName', 'my.name', '123-abc');

const maxBytes = (length: number): string => `must be no more than ${length} bytes`;

/** A label key: an optional DNS subdomain and a slash, then at most 63 characters. */
export const isQualifiedName: FormatCheck = (value) => {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${qualifiedMessage} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? (parts[0] ?? '') : undefined;
  return [
    ...(prefix === undefined
      ? []
      : prefix === ''
        ? [`prefix part ${nonEmpty}`]
        : isDnsSubdomain(prefix).map((text) => `prefix part ${text}`)),
    ...(name === '' ? [`name part ${nonEmpty}`] : name.length > 63 ? [`name part ${maxBytes(63)}`] : []),
    ...(qualified.test(name) ? [] : [`name part ${qualifiedMessage}`]),
  ];
};

export const isLabelValue: FormatCheck = (value) => [
  ...(value.length > 63 ? [maxBytes(63)] : []),
  ...(labelText.test(value)
    ? []
    : [
        patternMessage(
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
          labelValuePattern,
          'MyValue',
          'my_value',
          '12345',
        ),
      ]),
];

function parentSteps(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** A key of a ConfigMap or Secret: it becomes a file name. */
export const isConfigMapKey: FormatCheck = (value) => [
  ...(value.length > 253 ? [maxLength(253)] : []),
  ...(configKey.test(value)
    ? []
    : [
        patternMessage(
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
          configKeyPattern,
          'key.name',
          'KEY_NAME',
          'key-name',
        ),
      ]),
  ...parentSteps(value),
];

/** A name that may stand in a URL path: no `.`, `..`, `/` or `%`. */
export const isPathSegmentName: FormatCheck = (value) => {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((illegal) => value.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);
};

/** An environment variable's name since v1.34: printable ASCII without `=`. */
export const isEnvVarName: FormatCheck = (value) => [
  ...(value === '' ? [`environment variable name ${nonEmpty}`] : []),
  ...(/^[\x20-\x3c\x3e-\x7e]*$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]),
];

export const isCIdentifier: FormatCheck = (value) =>
  cIdentifier.test(value)
    ? []
    : [
        patternMessage(
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
          cIdentifierPattern,
          'my_name',
          'MY_NAME',
          'MyName',
        ),
      ];

export const isHttpHeaderName: FormatCheck = (value) =>
  header.test(value)
    ? []
    : [
        patternMessage(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          headerPattern,
          'X-Header-Name',
        ),
      ];

export const isPercent: FormatCheck = (value) =>
  percentText.test(value)
    ? []
    : [
        patternMessage(
          "a valid percent string must be a numeric string followed by an ending '%'",
          percentPattern,
          '1%',
          '93%',
        ),
      ];

/** A port's name: at most 15 lower-case characters with at least one letter (RFC 6335). */
export const isPortName: FormatCheck = (value) => [
  ...(value.length > 15 ? [maxLength(15)] : []),
  ...(/^[-a-z0-9]+$/.test(value) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(value) ? [] : ['must contain at least one letter (a-z)']),
  ...(value.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(/^-|-$/.test(value) ? ['must not begin or end with a hyphen'] : []),
];

export const isPortNumber = (port: number): string[] => (port >= 1 && port <= 65535 ? [] : [between(1, 65535)]);
