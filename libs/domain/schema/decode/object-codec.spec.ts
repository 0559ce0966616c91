import fc from 'fast-check';
import { StatusError } from '../../api/status-error.js';
import { convertObject, decodeObject, parseData, writtenObject, type FieldValidation } from './object-codec.js';

const kinds = {
  ConfigMap: { group: '', version: 'v1', kind: 'ConfigMap' },
  Pod: { group: '', version: 'v1', kind: 'Pod' },
  Deployment: { group: 'apps', version: 'v1', kind: 'Deployment' },
  Event: { group: 'events.k8s.io', version: 'v1', kind: 'Event' },
  Role: { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'Role' },
};
type Kind = keyof typeof kinds;

const decode = (kind: Kind, text: string, validation: FieldValidation = 'Strict', type = 'application/json') =>
  decodeObject(Buffer.from(text), type, kinds[kind], validation);

function refusal(decoding: () => unknown): string {
  try {
    decoding();
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const configMap = (fields: string): string => `{"apiVersion":"v1","kind":"ConfigMap",${fields}}`;
const pod = (spec: unknown): string => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec });
const container = (fields: unknown): string => pod({ containers: [{ name: 'a', image: 'b', ...(fields as object) }] });

describe('a value of the wrong type is refused in the words of the reference', () => {
  const go = 'json: cannot unmarshal';
  const cases: [Kind, string, string][] = [
    [
      'ConfigMap',
      configMap('"metadata":{"name":"a"},"data":{"a":1}'),
      `${go} number into Go struct field ConfigMap.data of type string`,
    ],
    [
      'ConfigMap',
      configMap('"metadata":{"name":5}'),
      `${go} number into Go struct field ObjectMeta.metadata.name of type string`,
    ],
    [
      'ConfigMap',
      configMap('"metadata":"x"'),
      `${go} string into Go struct field ConfigMap.metadata of type v1.ObjectMeta`,
    ],
    [
      'ConfigMap',
      configMap('"data":"x"'),
      `${go} string into Go struct field ConfigMap.data of type map[string]string`,
    ],
    [
      'ConfigMap',
      configMap('"data":["x"]'),
      `${go} array into Go struct field ConfigMap.data of type map[string]string`,
    ],
    ['ConfigMap', configMap('"immutable":"x"'), `${go} string into Go struct field ConfigMap.immutable of type bool`],
    ['ConfigMap', configMap('"binaryData":{"k":"%%"}'), 'illegal base64 data at input byte 0'],
    [
      'ConfigMap',
      configMap('"metadata":{"creationTimestamp":"yesterday"}'),
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      'ConfigMap',
      configMap('"metadata":{"creationTimestamp":5}'),
      `${go} number into Go struct field ObjectMeta.metadata.creationTimestamp of type string`,
    ],
    [
      'Pod',
      container({ ports: [{ containerPort: 'x' }] }),
      `${go} string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32`,
    ],
    [
      'Pod',
      container({ ports: [{ containerPort: 1.5 }] }),
      `${go} number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32`,
    ],
    [
      'Pod',
      container({ ports: [{ containerPort: 3000000000 }] }),
      `${go} number 3000000000 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32`,
    ],
    [
      'Pod',
      container({ resources: { limits: { cpu: 'abc' } } }),
      `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    ],
    [
      'Pod',
      container({ resources: { limits: { cpu: true } } }),
      `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    ],
    [
      'Pod',
      container({ livenessProbe: { httpGet: { port: true } } }),
      `${go} bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32`,
    ],
    [
      'Pod',
      pod({ containers: { a: 1 } }),
      `${go} object into Go struct field PodSpec.spec.containers of type []v1.Container`,
    ],
    ['Pod', pod('x'), `${go} string into Go struct field Pod.spec of type v1.PodSpec`],
    ['Pod', pod({ containers: [5] }), `${go} number into Go struct field PodSpec.spec.containers of type v1.Container`],
    [
      'Pod',
      pod({ terminationGracePeriodSeconds: '5' }),
      `${go} string into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64`,
    ],
    [
      'Pod',
      pod({ volumes: [{ hostPath: 'x' }] }),
      `${go} string into Go struct field Volume.spec.volumes.VolumeSource.hostPath of type v1.HostPathVolumeSource`,
    ],
    [
      'Pod',
      pod({ restartPolicy: 1 }),
      `${go} number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy`,
    ],
    [
      'Deployment',
      '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":{}}}}}',
      `${go} object into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32`,
    ],
  ];
  test.each(cases)('%s %s', (kind, text, message) =>
    expect(refusal(() => decode(kind, text))).toBe(
      `400 ${kind} in version "v1" cannot be handled as a ${kind}: ${message}`,
    ),
  );
});

describe('text that cannot be read is refused with what is wrong', () => {
  const prefix = '400 the object provided is unrecognized (must be of type ConfigMap): ';
  const parse = `couldn't get version/kind; json parse error: `;
  const cases: [string, string][] = [
    [
      configMap('"metadata":{"name":"a",}'),
      `${parse}invalid character '}' looking for beginning of object key string ({"apiVersion":"v1","kind":"Con ...)`,
    ],
    [
      '{"apiVersion":"v1","kind":"ConfigMap"',
      `${parse}unexpected end of JSON input ({"apiVersion":"v1","kind":"Con ...)`,
    ],
    ['', `${parse}unexpected end of JSON input (<empty>)`],
    ['nope', `${parse}invalid character 'o' in literal null (expecting 'u') (6e6f7065)`],
    [
      '[]',
      `${parse}json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`,
    ],
    [
      '{"apiVersion":5,"kind":"ConfigMap","metadata":{}}',
      `${parse}json: cannot unmarshal number into Go struct field .apiVersion of type string ({"apiVersion":5,"kind":"Config ...)`,
    ],
    [
      `${configMap('"metadata":{}')} x`,
      `${parse}invalid character 'x' after top-level value ({"apiVersion":"v1","kind":"Con ...)`,
    ],
    [
      configMap(`"data":${'{"a":'.repeat(11000)}1${'}'.repeat(11000)}`),
      `${parse}invalid character '{' exceeded max depth ({"apiVersion":"v1","kind":"Con ...)`,
    ],
  ];
  test.each(cases)('%.60s', (text, message) => expect(refusal(() => decode('ConfigMap', text))).toBe(prefix + message));

  test.each([
    [
      'application/vnd.kubernetes.protobuf',
      'abc',
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (616263)',
    ],
    ['application/vnd.kubernetes.protobuf', 'k8s\0abc', 'unexpected EOF (6b387300616263)'],
  ])('%s %s', (type, text, message) =>
    expect(refusal(() => decode('ConfigMap', text, 'Strict', type))).toBe(prefix + message),
  );

  it('an unknown media type', () =>
    expect(refusal(() => decode('ConfigMap', '{}', 'Strict', 'text/plain'))).toContain('415'));
});

describe('unknown and duplicate fields are named with their paths, in the order of the text', () => {
  const cases: [Kind, string, string[]][] = [
    [
      'ConfigMap',
      configMap('"metadata":{"name":"a","name":"b"},"data":{"a":"1","a":"2"},"foo":1,"foo":2'),
      ['duplicate field "metadata.name"', 'duplicate field "data.a"', 'unknown field "foo"'],
    ],
    ['ConfigMap', configMap('"metadata":{"Labels":{"a":"b"}}'), ['unknown field "metadata.Labels"']],
    [
      'Pod',
      pod({ containers: [{ env: [{ name: 'a', valu: 1 }] }, { name: 'x', bogus: 1 }] }),
      ['unknown field "spec.containers[0].env[0].valu"', 'unknown field "spec.containers[1].bogus"'],
    ],
    [
      'Deployment',
      '{"spec":{"unknownField":1,"replicas":1,"replicas":2,"template":{"spec":{"containers":[{"name":"a","name":"b","foo":1}]}}}}',
      [
        'unknown field "spec.unknownField"',
        'duplicate field "spec.replicas"',
        'duplicate field "spec.template.spec.containers[0].name"',
        'unknown field "spec.template.spec.containers[0].foo"',
      ],
    ],
    ['ConfigMap', configMap('"data":{"a:b\\"{":"\\\\","c":":{\\""}'), []],
  ];
  test.each(cases)('%s %s', (kind, text, expected) => {
    expect(decode(kind, text, 'Warn').warnings).toEqual(expected);
    expect(decode(kind, text, 'Ignore').warnings).toEqual([]);
    expect(refusal(() => decode(kind, text))).toBe(
      expected.length === 0
        ? 'accepted'
        : `400 ${kind} in version "v1" cannot be handled as a ${kind}: strict decoding error: ${expected.join(', ')}`,
    );
  });

  it('in YAML, with the lines of duplicates', () =>
    expect(
      refusal(() =>
        decode(
          'ConfigMap',
          'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\nfoo: 1\nfoo: 2\ndata:\n  a: "1"\n  a: b\n',
          'Strict',
          'application/yaml',
        ),
      ),
    ).toBe(
      '400 ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 5: key "name" already set in map\n  line 7: key "foo" already set in map\n  line 10: key "a" already set in map, unknown field "foo"',
    ));
});

describe('an object comes out as Go would hold it', () => {
  it('without what is empty, but for a list that asks for ownership to be forgotten', () =>
    expect(
      decode('Pod', JSON.stringify({ metadata: { managedFields: [], finalizers: [] }, spec: {} })).object.metadata,
    ).toEqual({ managedFields: [] }));

  it('with quantities, times and empty values in their canonical form', () =>
    expect(
      decode(
        'Pod',
        JSON.stringify({
          metadata: {
            name: 'x',
            labels: {},
            creationTimestamp: '2020-01-01T02:00:00.5+02:00',
            deletionTimestamp: null,
          },
          spec: {
            hostNetwork: false,
            nodeSelector: null,
            terminationGracePeriodSeconds: 0,
            containers: [
              {
                name: 'a',
                command: [],
                resources: { limits: { memory: 1073741824, cpu: '1000m' } },
                securityContext: {},
              },
            ],
          },
        }),
      ).object,
    ).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'x', creationTimestamp: '2020-01-01T00:00:00Z' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'a', resources: { limits: { cpu: '1', memory: '1073741824' } }, securityContext: {} }],
      },
      status: {},
    }));
  it('with its kind, where the client leaves it out', () =>
    expect(decode('Deployment', '{"metadata":{"name":"a"}}').object).toMatchObject({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
    }));
  it('with 64-bit integers exact, copied or not', () => {
    const { object } = decode('Pod', '{"spec":{"tolerations":[{"tolerationSeconds":9007199254740993}]}}');
    expect(JSON.stringify(writtenObject(structuredClone(object)))).toContain(':9007199254740993');
    const revision = decodeObject(
      Buffer.from('{"data":{"a":[9007199254740993]},"revision":1}'),
      'application/json',
      { group: 'apps', version: 'v1', kind: 'ControllerRevision' },
      'Strict',
    ).object;
    expect(JSON.stringify(writtenObject(structuredClone(revision)))).toContain('"data":{"a":[9007199254740993]}');
  });
  it('with keys that JavaScript gives a meaning', () =>
    expect(JSON.stringify(decode('ConfigMap', '{"data":{"__proto__":"x","constructor":"y"}}').object)).toContain(
      '"data":{"__proto__":"x","constructor":"y"}',
    ));
  it('from YAML of the old rules', () =>
    expect(
      decode('ConfigMap', 'immutable: yes\ndata:\n  date: 2001-01-01\n  y: "1"\n', 'Strict', 'application/yaml').object,
    ).toMatchObject({ immutable: true, data: { date: '2001-01-01', true: '1' } }));
  it('warned about each key that YAML has twice', () =>
    expect(decode('ConfigMap', 'data:\n  a: b\n  a: c\ndata: {}\n', 'Warn', 'application/yaml').warnings).toEqual([
      'line 3: key "a" already set in map',
      'line 4: key "data" already set in map',
    ]));
  it('or as data alone, refused if keys that must be unique are not', () => {
    const twice = 'a: y\na: n\n';
    expect(parseData(twice, 'application/yaml')).toEqual({ a: false });
    expect(() => parseData(twice, 'application/yaml', 'unique')).toThrow(
      'yaml: unmarshal errors:\n  line 2: key "a" already set in map',
    );
  });
  it('and is written with the nulls that clients see', () => {
    const { object } = convertObject({ metadata: { name: 'a' }, rules: [] }, kinds.Role, 'Strict');
    const role = { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'a' } };
    expect(object).toEqual({ ...role, rules: [] });
    expect(writtenObject(object)).toEqual({ ...role, rules: null });
  });
  it('once and for all: reading what was written changes nothing', () => {
    const { object } = decode(
      'Pod',
      container({
        resources: { limits: { cpu: '0.5' } },
        env: [{ name: 'a', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
      }),
    );
    const written = writtenObject(object);
    expect(writtenObject(written)).toEqual(written);
    expect(writtenObject(convertObject(written, kinds.Pod, 'Strict').object)).toEqual(written);
  });
});

it('refuses another kind than the endpoint takes', () =>
  expect(refusal(() => decode('ConfigMap', '{"apiVersion":"v1","kind":"Nope"}'))).toContain(
    'Nope in version "v1" cannot be handled as a ConfigMap: no kind "Nope" is registered for version "v1"',
  ));

it('answers 400 to whatever else comes, and never fails otherwise', () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.json().map((spec) => `{"spec":${spec},"metadata":{}}`),
      ),
      (text) => {
        const answer = refusal(() => decode('Pod', text));
        expect(answer === 'accepted' || answer.startsWith('400 ')).toBe(true);
      },
    ),
    { numRuns: 2000 },
  ));

it('finds every duplicate key that parsing hides', () =>
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), (data, key) => {
      const entries = [...Object.entries(data).filter(([name]) => name !== key), [key, '1'], [key, '2']];
      const text = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
      expect(decode('ConfigMap', `{"data":{${text}}}`, 'Warn').warnings).toEqual([`duplicate field "data.${key}"`]);
    }),
  ));
