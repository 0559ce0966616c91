import { chooseNodes, type MachineAndUser } from '../../scripts/choose-nodes.mjs';

const user: MachineAndUser = {
  isRoot: false,
  runtime: undefined,
  remembered: undefined,
  hindrance: 'docker is not installed',
  missingPrograms: [{ what: 'CNI plugins', apt: 'containernetworking-plugins' }],
};
const inDocker: MachineAndUser = { ...user, hindrance: undefined };

const chosen: [string, MachineAndUser, string][] = [
  ['root has nodes with real containers', { ...user, isRoot: true }, 'local'],
  ['a user of Docker has them as containers', inDocker, 'compose'],
  ['simulated ones are for anybody who asks', { ...user, runtime: 'hollow' }, 'hollow'],
  ['also beside Docker', { ...inDocker, runtime: 'hollow' }, 'hollow'],
  ['a simulated cluster goes on as one', { ...inDocker, remembered: 'hollow' }, 'hollow'],
  ['a cluster in Docker goes on there, for root too', { ...user, isRoot: true, remembered: 'compose' }, 'compose'],
  [
    'root may turn a simulated cluster into a real one',
    { ...user, isRoot: true, remembered: 'hollow', runtime: 'cri' },
    'local',
  ],
];
test.each(chosen)('%s', (_, given, nodes) => expect(chooseNodes(given)).toEqual({ nodes }));

const refused: [string, MachineAndUser, RegExp][] = [
  ['says what keeps from Docker', user, /docker is not installed/],
  ['says what root would need', user, /CNI plugins \(containernetworking-plugins\)/],
  ['offers simulated containers', user, /npm start -- --runtime=hollow$/],
  ['takes nothing for Docker that asks for a runtime', { ...inDocker, runtime: 'cri' }, /--runtime=cri/],
  [
    'keeps a cluster in Docker from being hidden by another',
    { ...inDocker, remembered: 'compose', runtime: 'hollow' },
    /npm run reset/,
  ],
];
test.each(refused)('%s', (_, given, words) =>
  expect(chooseNodes(given)).toEqual({ refusal: expect.stringMatching(words) }),
);
