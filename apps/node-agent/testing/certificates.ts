import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Writes `<file>.crt` and `<file>.key` for each of these subjects, all signed by `ca.crt`; and `stranger` by nobody we know. */
export async function writeCertificates(folder: string, subjects: Readonly<Record<string, string>>): Promise<void> {
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as never);
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<never>;
  const write = async (
    name: string,
    certificate: { toString(format: 'pem'): string },
    { privateKey }: { privateKey: never },
  ) => {
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
    const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
    writeFileSync(join(folder, `${name}.crt`), certificate.toString('pem'));
    writeFileSync(
      join(folder, `${name}.key`),
      ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n'),
    );
  };
  const caKeys: never = await newKeys();
  const extensions = [new x509.BasicConstraintsExtension(true, undefined, true)];
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=test-ca',
    ...validity,
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions,
  });
  await write('ca', ca, caKeys);
  let serial = 1;
  for (const [name, subject] of Object.entries(subjects)) {
    const keys: { publicKey: never; privateKey: never } = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: String(++serial).padStart(2, '0'),
      subject,
      issuer: ca.subject,
      ...validity,
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: (caKeys as { privateKey: never }).privateKey,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    });
    await write(name, certificate, keys);
  }
  const keys: never = await newKeys();
  await write(
    'stranger',
    await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: 'O=system:masters,CN=stranger',
      ...validity,
      signingAlgorithm: algorithm,
      keys,
    }),
    keys,
  );
}
