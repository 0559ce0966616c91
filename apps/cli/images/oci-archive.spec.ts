import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { layerOf, ociArchive } from './oci-archive.js';

/** The files of a tar by name. */
async function filesOf(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const reader = extract();
  Readable.from([archive]).pipe(reader);
  for await (const entry of reader) files.set(entry.header.name, await buffer(entry));
  return files;
}

const image = async () => ({
  names: ['shiplog.local/a:1', 'shiplog.local/a:2'],
  layers: [await layerOf([{ path: 'hello', mode: 0o755, type: 'file', content: Buffer.from('hi') }])],
  config: { Cmd: ['/hello'] },
});

describe('ociArchive', () => {
  it('is an image layout whose digests are those of its blobs', async () => {
    const files = await filesOf(await ociArchive([await image()], 'amd64'));
    for (const [name, content] of files)
      if (name.startsWith('blobs/sha256/'))
        expect(createHash('sha256').update(content).digest('hex')).toBe(name.split('/').at(-1));
    const index = JSON.parse(String(files.get('index.json'))) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    expect(index.manifests.map(({ annotations }) => annotations['io.containerd.image.name'])).toEqual([
      'shiplog.local/a:1',
      'shiplog.local/a:2',
    ]);
    for (const { digest } of index.manifests) expect(files.has(`blobs/${digest.replace(':', '/')}`)).toBe(true);
  });

  it('gives the same bytes for the same images', async () => {
    expect((await ociArchive([await image()], 'amd64')).equals(await ociArchive([await image()], 'amd64'))).toBe(true);
  });
});
