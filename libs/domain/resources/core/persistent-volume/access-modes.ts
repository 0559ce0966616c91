/** As tables abbreviate them, in the order in which they are shown. */
const abbreviations: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

export const accessModes: readonly string[] = abbreviations.map(([mode]) => mode).sort();

export const accessModesText = (modes: readonly string[] = []): string =>
  abbreviations
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');

/** Named the class before there was a field for it, and still goes first. */
export const storageClassAnnotation = 'volume.beta.kubernetes.io/storage-class';
