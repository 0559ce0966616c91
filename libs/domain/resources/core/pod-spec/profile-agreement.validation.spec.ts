import { FieldPath } from '../../../api/field-path.js';
import type { PodSpec } from '../../../api/generated/types.js';
import { validateProfileAgreement } from './profile-agreement.validation.js';

const c = { name: 'c', image: 'x' };
const at = FieldPath.of('spec');
const seccomp = 'container.seccomp.security.alpha.kubernetes.io/c';
const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
const appArmor = 'container.apparmor.security.beta.kubernetes.io/c';
const own = (securityContext: object): Partial<PodSpec> => ({ containers: [{ ...c, securityContext }] });
const local = { type: 'Localhost', localhostProfile: 'a' } as const;
const unconfined = { type: 'Unconfined' } as const;

const inContainer = 'spec.containers[0].securityContext';
const cases: [string, Record<string, string>, Partial<PodSpec>, string[]][] = [
  ['only the annotation', { [appArmor]: 'unconfined', [seccomp]: 'unconfined' }, {}, []],
  ['only the field', {}, own({ appArmorProfile: local, seccompProfile: local }), []],
  [
    'the same',
    { [appArmor]: 'localhost/a', [seccomp]: 'localhost/a' },
    own({ appArmorProfile: local, seccompProfile: local }),
    [],
  ],
  [
    'another type',
    { [appArmor]: 'runtime/default' },
    own({ appArmorProfile: unconfined }),
    [`${inContainer}.appArmorProfile.type`],
  ],
  [
    'another file',
    { [appArmor]: 'localhost/b' },
    own({ appArmorProfile: local }),
    [`${inContainer}.appArmorProfile.localhostProfile`],
  ],
  [
    'a file and none',
    { [seccomp]: 'unconfined' },
    own({ seccompProfile: local }),
    [`${inContainer}.seccompProfile.type`],
  ],
  [
    "the pod's AppArmor profile",
    { [appArmor]: 'runtime/default' },
    { securityContext: { appArmorProfile: unconfined } },
    [`${inContainer}.appArmorProfile.type`],
  ],
  [
    "the pod's seccomp profile",
    { [seccompOfPod]: 'localhost/b' },
    { securityContext: { seccompProfile: local } },
    ['spec.securityContext.seccompProfile.localhostProfile'],
  ],
  [
    'the runtime by the name of old',
    { [seccompOfPod]: 'docker/default' },
    { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
    [],
  ],
  [
    'another type, on Windows',
    { [appArmor]: 'runtime/default' },
    { os: { name: 'windows' }, ...own({ appArmorProfile: unconfined }) },
    [],
  ],
];
test.each(cases)('%s', (_, annotations, spec, expected) =>
  expect(validateProfileAgreement(annotations, { containers: [c], ...spec }, at).map(({ field }) => field)).toEqual(
    expected,
  ),
);
