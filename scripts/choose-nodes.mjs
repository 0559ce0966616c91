// What the nodes of npm start are. Pure.

/**
 * Network namespaces of root ('local'), containers of docker-compose.yml ('compose'), simulated ones if asked for by name ('hollow'); and
 * again what they were. `remembered` is the cluster that this user has, `hindrance` what keeps the user from Docker, if anything does.
 *
 * @returns {{ nodes: 'local' | 'compose' | 'hollow' } | { refusal: string }} the nodes, or in words what is missing and what to do
 */
export function chooseNodes({ isRoot, runtime, remembered, hindrance, missingPrograms }) {
  if (remembered === 'compose')
    return runtime === undefined
      ? { nodes: 'compose' }
      : {
          refusal: 'There is a cluster in Docker already, and --runtime is for one without: npm run reset deletes it.',
        };
  if (runtime === 'hollow' || (runtime === undefined && remembered === 'hollow')) return { nodes: 'hollow' };
  if (isRoot) return { nodes: 'local' };
  const why =
    hindrance ??
    (runtime === undefined && remembered === undefined
      ? undefined
      : 'it is there, but --runtime=cri, or the cluster that is already here, is one without it');
  return why === undefined ? { nodes: 'compose' } : { refusal: refusalOf(why, missingPrograms) };
}

const refusalOf = (why, missingPrograms) =>
  [
    'Nodes with real containers need one of these:',
    '  root: sudo npm start',
    ...(missingPrograms.length > 0 ? ['    which also needs, and on Debian and Ubuntu installs:'] : []),
    ...missingPrograms.map(({ what, apt }) => `      ${what} (${apt})`),
    '  Docker with Compose, without root:',
    `    ${why}`,
    'Or try it with simulated containers, which needs neither:',
    '  npm start -- --runtime=hollow',
  ].join('\n');
