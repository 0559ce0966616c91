import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** One entry of a layer. */
export type LayerEntry =
  | { readonly path: string; readonly mode: number; readonly type: 'file'; readonly content: Buffer }
  | { readonly path: string; readonly mode: number; readonly type: 'directory' }
  | { readonly path: string; readonly mode: number; readonly type: 'link'; readonly to: string };

export interface Image {
  readonly names: readonly string[];
  readonly layers: readonly Buffer[];
  readonly config: Readonly<Record<string, unknown>>;
}

const epoch = new Date(0);
const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A layer as an uncompressed tar. Deterministic: the same entries give the same bytes. */
export async function layerOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  return tar((add) => {
    for (const entry of entries) {
      const header = { name: entry.path, mode: entry.mode, mtime: epoch, uid: 0, gid: 0 };
      if (entry.type === 'file') add({ ...header, type: 'file' }, entry.content);
      else if (entry.type === 'link') add({ ...header, type: 'symlink', linkname: entry.to });
      else add({ ...header, type: 'directory' });
    }
  });
}

/** An OCI image layout of all images as one tar, as `ctr images import` and `docker load` take it. Deterministic. */
export async function ociArchive(images: readonly Image[], architecture: string): Promise<Buffer> {
  const blobs = new Map<string, Buffer>();
  const blob = (mediaType: string, content: Buffer) => {
    const digest = digestOf(content);
    blobs.set(digest, content);
    return { mediaType, digest, size: content.length };
  };
  const json = (mediaType: string, value: object) => blob(mediaType, Buffer.from(JSON.stringify(value)));

  const manifests = images.flatMap(({ names, layers, config }) => {
    const manifest = json('application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: json('application/vnd.oci.image.config.v1+json', {
        created: epoch.toISOString(),
        architecture,
        os: 'linux',
        config,
        rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
      }),
      layers: layers.map((layer) => blob('application/vnd.oci.image.layer.v1.tar', layer)),
    });
    return names.map((name) => ({
      ...manifest,
      platform: { architecture, os: 'linux' },
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.split(':').at(-1) },
    }));
  });
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
  return tar((add) => {
    const file = (name: string, content: Buffer) => add({ name, mode: 0o644, mtime: epoch, type: 'file' }, content);
    file('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
    file('index.json', Buffer.from(JSON.stringify(index)));
    for (const [digest, content] of blobs) file(`blobs/${digest.replace(':', '/')}`, content);
  });
}

type AddEntry = (header: Parameters<ReturnType<typeof pack>['entry']>[0], content?: Buffer) => void;

async function tar(fill: (add: AddEntry) => void): Promise<Buffer> {
  const archive = pack();
  const bytes = buffer(archive);
  fill((header, content) => void archive.entry(header, content ?? Buffer.alloc(0)));
  archive.finalize();
  return bytes;
}
