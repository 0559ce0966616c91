import { readFileSync } from 'node:fs';
import type { UserInfo } from '@shiplog/domain';
import { asAuthenticated } from './anonymous.authenticator.js';
import type { TokenAuthenticator } from './token-authenticator.js';

/** The fields of one line of CSV; quoted fields may hold commas and doubled quotes. */
function csvFields(line: string): string[] {
  const fields = [...line.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)];
  // The last match is empty, at the end of the line.
  return fields.slice(0, -1).map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.trim() ?? '');
}

/** Reads lines `token,user,uid,"group1,group2"`. @throws Error naming the line that lacks something. */
export function parseTokenFile(text: string): Map<string, UserInfo> {
  const users = new Map<string, UserInfo>();
  text.split(/\r?\n/).forEach((line, at) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const [token = '', name = '', uid = '', groups = ''] = csvFields(line);
    if (token === '' || name === '' || uid === '')
      throw new Error(`token file, line ${at + 1}: needs token, user and uid, got ${csvFields(line).length} fields`);
    const listed = groups.split(',').map((group) => group.trim());
    users.set(token, { name, uid, groups: listed.filter((group) => group !== '') });
  });
  return users;
}

export const staticTokenAuthenticator = (file: string): TokenAuthenticator => {
  const users = parseTokenFile(readFileSync(file, 'utf8'));
  return {
    name: 'StaticToken',
    authenticateToken: (token, audiences) => {
      const user = users.get(token);
      return user && { user: asAuthenticated(user), audiences };
    },
  };
};
