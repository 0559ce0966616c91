import { all } from '../../../api/findings.js';
import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { WindowsSecurityContextOptions } from '../../../api/generated/types.js';
import { isDnsSubdomain } from '../../../api/names.js';
import { inFormat } from '../../rules.js';

const limits = { credentialSpecKiB: 64, domain: 256, user: 104 };
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const dnsName = new RegExp(`^${label}(?:\\.${label})*$`);
const controlCharacter = /\p{Cc}/u;

function validateCredentialSpec(spec: string | undefined, at: FieldPath): FieldError[] {
  if (spec === undefined) return [];
  if (spec === '') return [invalid(at, spec, 'gmsaCredentialSpec cannot be an empty string')];
  return Buffer.byteLength(spec) > limits.credentialSpecKiB * 1024
    ? [invalid(at, spec, `gmsaCredentialSpec size must be under ${limits.credentialSpecKiB} KiB`)]
    : [];
}

function domainProblems(domain: string): string[] {
  return all(
    domain.length >= limits.domain ? [`'s Domain length must be under ${limits.domain} characters`] : [],
    netBiosName.test(domain) || dnsName.test(domain) ? [] : ["'s Domain doesn't match the NetBios nor the DNS format"],
  );
}

function userProblems(user: string): string[] {
  return all(
    user === '' ? ["'s User cannot be empty"] : [],
    user.length > limits.user ? [`'s User length must not be longer than ${limits.user} characters`] : [],
    /^[. ]+$/.test(user) ? ["'s User cannot contain only periods or spaces"] : [],
    /["/\\:;|=,+*?<>@[\]]/.test(user) ? ['\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]'] : [],
  );
}

/** `user` or `DOMAIN\user`. */
function userNameProblems(name: string): string[] {
  if (name === '') return [' cannot be an empty string'];
  if (controlCharacter.test(name)) return [' cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return [' cannot contain more than one backslash'];
  const [user = '', domain] = [...parts].reverse();
  return all(domain === undefined ? [] : domainProblems(domain), userProblems(user));
}

/** Rules of the security options that only Windows knows. */
export function validateWindowsOptions(
  options: WindowsSecurityContextOptions | undefined,
  at: FieldPath,
): FieldError[] {
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options ?? {};
  return all(
    gmsaCredentialSpecName === undefined
      ? []
      : inFormat(isDnsSubdomain, gmsaCredentialSpecName, at.child('gmsaCredentialSpecName')),
    validateCredentialSpec(gmsaCredentialSpec, at.child('gmsaCredentialSpec')),
    runAsUserName === undefined
      ? []
      : userNameProblems(runAsUserName).map((text) =>
          invalid(at.child('runAsUserName'), runAsUserName, `runAsUserName${text}`),
        ),
  );
}
