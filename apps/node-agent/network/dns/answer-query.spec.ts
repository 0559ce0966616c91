import { decode, encode, type Answer, type Packet, type Question } from '@leichtgewicht/dns-packet';
import { at, service, slice } from '../testing-services.js';
import { answerQuery, type NameServer } from './answer-query.js';

const many = Array.from({ length: 100 }, (_, i) => at(`10.201.1.${i + 1}`));
const world = [
  service('web', { clusterIP: '10.96.0.7', ports: [{ port: 80 }] }),
  service('many', { clusterIP: 'None', ports: [{ port: 80 }] }),
  service('out', { type: 'ExternalName', externalName: 'example.com' }),
  service('circle', { type: 'ExternalName', externalName: 'circle.default.svc.cluster.local' }),
  service('friend', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
];
const forwarded = (question: Question | undefined): Uint8Array =>
  encode({
    type: 'response',
    questions: question ? [question] : [],
    answers: [{ type: 'A', name: 'example.com', data: '192.0.2.80' }],
  });

const server: NameServer = {
  zone: 'cluster.local',
  directory: {
    service: (_, name) => world.find(({ metadata }) => metadata.name === name),
    slices: (_, name) => (name === 'many' ? [slice('many', many)] : []),
    hasServices: () => true,
    serviceAt: () => undefined,
    slicesWith: () => [],
  },
  forward: (query) => Promise.resolve(forwarded(decode(query).questions?.[0])),
};

const extension = { type: 'OPT' as const, name: '.', udpPayloadSize: 4096, data: [] };
const edns: Answer = extension;

async function ask(question: Question, more: Partial<Packet> = {}, transport: 'udp' | 'tcp' = 'udp', by = server) {
  const bytes = await answerQuery(
    encode({ type: 'query', id: 7, flags: 256, questions: [question], ...more }),
    transport,
    by,
  );
  if (!bytes) throw new Error('no answer');
  return { ...decode(bytes), size: bytes.length, code: (bytes[3] ?? 0) & 15 };
}
const dataOf = (answers: Answer[] | undefined): unknown[] =>
  (answers ?? []).map((answer) => (answer as { data: unknown }).data);
const fqdn = (name: string): string => `${name}.default.svc.cluster.local`;

describe('answerQuery', () => {
  it('answers with the id and question it was asked, with authority', async () => {
    const answer = await ask({ name: fqdn('web'), type: 'A' });
    expect(answer).toMatchObject({ id: 7, code: 0, flag_aa: true, flag_rd: true, flag_ra: true, flag_tc: false });
    expect(answer.questions).toMatchObject([{ name: fqdn('web'), type: 'A' }]);
    expect(dataOf(answer.answers)).toEqual(['10.96.0.7']);
  });

  it('says for how long a name does not exist', async () => {
    expect(await ask({ name: fqdn('none'), type: 'A' })).toMatchObject({
      code: 3,
      authorities: [{ type: 'SOA', name: 'cluster.local' }],
    });
    expect(await ask({ name: fqdn('web'), type: 'AAAA' })).toMatchObject({
      code: 0,
      answers: [],
      authorities: [{ type: 'SOA' }],
    });
  });

  it('cuts a long UDP answer to what the client takes, and gives all of it over TCP', async () => {
    const question: Question = { name: fqdn('many'), type: 'A' };
    const plain = await ask(question);
    expect(plain.flag_tc).toBe(true);
    expect(plain.size).toBeLessThanOrEqual(512);
    const extended = await ask(question, { additionals: [edns] });
    expect(extended.size).toBeLessThanOrEqual(1232);
    expect(extended.answers!.length).toBeGreaterThan(plain.answers!.length);
    expect(extended.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
    expect((await ask(question, {}, 'tcp')).answers).toHaveLength(100);
  });

  it('follows an external name inside the cluster and outside', async () => {
    expect(dataOf((await ask({ name: fqdn('friend'), type: 'A' })).answers)).toEqual([fqdn('web'), '10.96.0.7']);
    expect(dataOf((await ask({ name: fqdn('out'), type: 'A' })).answers)).toEqual(['example.com', '192.0.2.80']);
    expect(await ask({ name: fqdn('circle'), type: 'A' })).toMatchObject({ code: 2 });
  });

  it('hands on what is not the cluster’s, and says so when nobody answers', async () => {
    expect(dataOf((await ask({ name: 'example.com', type: 'A' })).answers)).toEqual(['192.0.2.80']);
    const alone = { ...server, forward: () => Promise.resolve(undefined) };
    expect(await ask({ name: 'example.com', type: 'A' }, {}, 'udp', alone)).toMatchObject({ code: 2 });
  });

  const odd: [string, Uint8Array, number | undefined][] = [
    ['nothing to half a header', Uint8Array.of(0, 1, 2), undefined],
    ['nothing to an answer', encode({ type: 'response', id: 7 }), undefined],
    ['format error to a query without question', encode({ type: 'query', id: 7 }), 1],
    ['format error to bytes that are no question', Uint8Array.of(0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 1, 2), 1],
    ['not implemented to an update', encode({ type: 'query', id: 7, flags: 5 << 11 }), 4],
    [
      'refused to another class',
      encode({ type: 'query', id: 7, questions: [{ name: 'version.bind', type: 'TXT', class: 'CH' as never }] }),
      5,
    ],
  ];
  test.each(odd)('answers %s', async (_, message, code) => {
    const answer = await answerQuery(message, 'udp', server);
    expect(answer && (answer[3] ?? 0) & 15).toBe(code);
    if (answer) expect(answer[1]).toBe(7);
  });

  it('answers an unknown record type with nothing rather than an error', async () => {
    expect(await ask({ name: fqdn('web'), type: 'UNKNOWN_65' as never })).toMatchObject({ code: 0, answers: [] });
  });
});
