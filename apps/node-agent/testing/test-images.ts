import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes an OCI archive with one image for each name: busybox with all its applets, started as `sleep infinity`. */
export function writeTestImages(folder: string, names: readonly string[]): string {
  const rootfs = join(folder, 'rootfs');
  const layout = join(folder, 'layout');
  for (const path of ['bin', 'etc', 'tmp', 'var', 'proc', 'sys', 'dev'])
    mkdirSync(join(rootfs, path), { recursive: true });
  copyFileSync('/bin/busybox', join(rootfs, 'bin/busybox'));
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).split('\n');
  for (const applet of applets) if (applet && applet !== 'busybox') symlinkSync('busybox', join(rootfs, 'bin', applet));
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\napp:x:1234:1234::/:/bin/sh\n');
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\napp:x:1234:\n');

  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const blob = (data: Buffer, mediaType: string): object => {
    const hash = createHash('sha256').update(data).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', hash), data);
    return { mediaType, digest: `sha256:${hash}`, size: data.length };
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  execFileSync('tar', ['-C', rootfs, '--owner=0', '--group=0', '-cf', join(folder, 'layer.tar'), '.']);
  const layer = readFileSync(join(folder, 'layer.tar'));
  const diffId = `sha256:${createHash('sha256').update(layer).digest('hex')}`;
  const config = blob(
    json({
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin', 'FROM_IMAGE=yes'], Cmd: ['sleep', 'infinity'] },
      rootfs: { type: 'layers', diff_ids: [diffId] },
    }),
    'application/vnd.oci.image.config.v1+json',
  );
  const layers = [blob(layer, 'application/vnd.oci.image.layer.v1.tar')];
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = blob(json({ schemaVersion: 2, mediaType: type, config, layers }), type);
  const manifests = names.map((name) => ({ ...manifest, annotations: { 'io.containerd.image.name': name } }));
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  execFileSync('tar', ['-C', layout, '-cf', join(folder, 'images.tar'), '.']);
  return join(folder, 'images.tar');
}
