import { FieldPath } from '../../../api/field-path.js';
import type { PodSpec, WindowsSecurityContextOptions } from '../../../api/generated/types.js';
import { validateHostProcesses, validateOs } from './operating-system.validation.js';
import { validateWindowsOptions } from './windows-options.validation.js';

const c = { name: 'c', image: 'x' };
const at = FieldPath.of('spec');
const fields = (errors: readonly { field: string }[]): string[] => errors.map(({ field }) => field);

const systems: [string, Partial<PodSpec>, string[]][] = [
  ['says nothing', { hostPID: true }, []],
  ['has no name', { os: { name: '' } }, ['spec.os.name']],
  ['is unknown', { os: { name: 'plan9' } }, ['spec.os']],
  ['is Windows, as plain as can be', { os: { name: 'windows' }, hostPID: false, securityContext: { sysctls: [] } }, []],
  [
    'is Windows with what only Linux knows',
    { os: { name: 'windows' }, hostPID: true, hostUsers: true, securityContext: { runAsUser: 1, fsGroup: 0 } },
    ['spec.hostUsers', 'spec.hostPID', 'spec.securityContext.fsGroup', 'spec.securityContext.runAsUser'],
  ],
  [
    'is Windows, a container of it is not',
    { os: { name: 'windows' }, initContainers: [{ ...c, securityContext: { privileged: false, capabilities: {} } }] },
    ['spec.initContainers[0].securityContext.capabilities', 'spec.initContainers[0].securityContext.privileged'],
  ],
  [
    'is Linux with options of Windows',
    {
      os: { name: 'linux' },
      securityContext: { windowsOptions: {} },
      containers: [{ ...c, securityContext: { windowsOptions: {} } }],
    },
    ['spec.securityContext.windowsOptions', 'spec.containers[0].securityContext.windowsOptions'],
  ],
];
test.each(systems)('a pod whose operating system %s', (_, spec, expected) =>
  expect(fields(validateOs({ containers: [c], ...spec }, at))).toEqual(expected),
);

const hostProcess = (value?: boolean) =>
  value === undefined ? {} : { securityContext: { windowsOptions: { hostProcess: value } } };
const processes: [string, PodSpec, string[]][] = [
  ['none', { containers: [c], ...hostProcess(false) }, []],
  ['all, on the host network', { containers: [c], hostNetwork: true, ...hostProcess(true) }, []],
  ['all, on a network of their own', { containers: [c], ...hostProcess(true) }, ['spec.hostNetwork']],
  ['some', { containers: [c, { ...c, ...hostProcess(true) }], hostNetwork: true }, ['spec']],
  [
    'one against the pod',
    { containers: [{ ...c, ...hostProcess(false) }], ...hostProcess(true) },
    ['spec.containers[0].securityContext.windowsOptions.hostProcess'],
  ],
];
test.each(processes)('host processes: %s', (_, spec, expected) =>
  expect(fields(validateHostProcesses(spec, at))).toEqual(expected),
);

const options: [WindowsSecurityContextOptions, string[]][] = [
  [{}, []],
  [{ runAsUserName: 'CORP\\ann' }, []],
  [{ runAsUserName: 'corp.example.com\\ann' }, []],
  [{ runAsUserName: '' }, ['runAsUserName cannot be an empty string']],
  [{ runAsUserName: 'a\tb' }, ['runAsUserName cannot contain control characters']],
  [{ runAsUserName: 'a\\b\\c' }, ['runAsUserName cannot contain more than one backslash']],
  [{ runAsUserName: '-._.-.corp\\ann' }, []],
  [{ runAsUserName: '.corp\\ann' }, ["runAsUserName's Domain doesn't match the NetBios nor the DNS format"]],
  [{ runAsUserName: 'CORP\\' }, ["runAsUserName's User cannot be empty"]],
  [{ runAsUserName: '..' }, ["runAsUserName's User cannot contain only periods or spaces"]],
  [{ runAsUserName: 'a@b' }, ['runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]']],
  [{ runAsUserName: 'a'.repeat(105) }, ["runAsUserName's User length must not be longer than 104 characters"]],
  [{ gmsaCredentialSpec: '' }, ['gmsaCredentialSpec cannot be an empty string']],
  [{ gmsaCredentialSpec: 'x'.repeat(65537) }, ['gmsaCredentialSpec size must be under 64 KiB']],
];
test.each(options)('windows options %j', (given, expected) =>
  expect(validateWindowsOptions(given, at).map(({ message }) => message.replace(/^Invalid value: ".*": /, ''))).toEqual(
    expected,
  ),
);

test('the name of a credential spec is that of an object', () =>
  expect(fields(validateWindowsOptions({ gmsaCredentialSpecName: 'A_' }, at))).toEqual([
    'spec.gmsaCredentialSpecName',
  ]));
