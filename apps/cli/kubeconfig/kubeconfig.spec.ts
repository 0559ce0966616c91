import { parse } from 'yaml';
import {
  currentContext,
  hasContext,
  mergeKubeconfig,
  withCurrentContext,
  withoutEntry,
  type KubeconfigEntry,
} from './kubeconfig.js';

const entry: KubeconfigEntry = {
  ...{ name: 'shiplog', server: 'https://127.0.0.1:6443', authority: 'CA' },
  client: { certificate: 'CERT', key: 'KEY' },
};
const theirs = `# my clusters
apiVersion: v1
kind: Config
clusters:
- name: work
  cluster: {server: "https://work.example"} # do not touch
users:
- name: me
  user: {token: secret}
contexts:
- name: work
  context: {cluster: work, user: me, namespace: team}
current-context: work
`;
interface Kubeconfig {
  clusters: { name: string; cluster: { server: string } }[];
  users: { name: string; user: Record<string, string> }[];
  contexts: { name: string; context: Record<string, string> }[];
  'current-context'?: string;
}
const read = (text: string): Kubeconfig => parse(text) as Kubeconfig;

describe('mergeKubeconfig', () => {
  it('makes a kubeconfig where there is none', () => {
    expect(read(mergeKubeconfig('', entry))).toMatchObject({
      ...{ apiVersion: 'v1', kind: 'Config' },
      clusters: [
        { name: 'shiplog', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'Q0E=' } },
      ],
      users: [{ name: 'shiplog', user: { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' } }],
      contexts: [{ name: 'shiplog', context: { cluster: 'shiplog', user: 'shiplog' } }],
    });
  });

  it('leaves what others wrote as it is, comments and current context included', () => {
    const merged = mergeKubeconfig(theirs, entry);
    expect(merged).toContain('# my clusters');
    expect(merged).toContain(
      'cluster: {server: "https://work.example"} # do not touch'
        .replaceAll('{server', '{ server')
        .replaceAll('"}', '" }'),
    );
    expect(read(merged).contexts.map(({ name }) => name)).toEqual(['work', 'shiplog']);
    expect(currentContext(merged)).toBe('work');
  });

  it('replaces its own entry, and keeps the namespace chosen for it', () => {
    const chosen = mergeKubeconfig(theirs, entry).replace(
      'cluster: shiplog\n',
      'cluster: shiplog\n      namespace: mine\n',
    );
    const renewed = read(mergeKubeconfig(chosen, { ...entry, server: 'https://127.0.0.1:7443' }));
    expect(renewed.clusters.filter(({ name }) => name === 'shiplog')).toMatchObject([
      { cluster: { server: 'https://127.0.0.1:7443' } },
    ]);
    expect(renewed.contexts.at(-1)?.context).toEqual({ cluster: 'shiplog', user: 'shiplog', namespace: 'mine' });
  });

  it('writes lists that are null or empty in the file', () => {
    expect(hasContext(mergeKubeconfig('clusters: null\nusers: []\ncontexts:\n', entry), 'shiplog')).toBe(true);
  });

  it.each(['- a list', 'just text', 'a: [1'])('refuses %j, which is no kubeconfig', (text) => {
    expect(() => mergeKubeconfig(text, entry)).toThrow(/kubeconfig|YAML/);
  });
});

describe('withoutEntry', () => {
  it('takes away its own entry alone, and the current context if it was that', () => {
    const merged = withCurrentContext(mergeKubeconfig(theirs, entry), 'shiplog');
    const left = withoutEntry(merged, 'shiplog');
    expect(read(left).contexts.map(({ name }) => name)).toEqual(['work']);
    expect(currentContext(left)).toBeUndefined();
    expect(currentContext(withoutEntry(theirs, 'shiplog'))).toBe('work');
  });

  it('takes away the contexts of its past, and not those of a cluster whose name begins alike', () => {
    const names = ['shiplog', 'shiplog@2m-ago', 'shiplog2'];
    const merged = names.reduce((text, name) => mergeKubeconfig(text, { ...entry, name }), '');
    const left = withoutEntry(withCurrentContext(merged, 'shiplog@2m-ago'), 'shiplog');
    expect(read(left).contexts.map(({ name }) => name)).toEqual(['shiplog2']);
    expect(currentContext(left)).toBeUndefined();
  });
});
