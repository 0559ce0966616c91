import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PathEndpoint } from '../gateway.js';
import type { Answer } from '../request/incoming-request.js';
import { textAnswer } from '../request/status-answer.js';
import { docsPage, docsScript } from './docs-page.js';

const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'swagger-ui-standalone-preset.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
};

const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const cached = { 'cache-control': 'public, max-age=3600' };

async function asset(name: string): Promise<Answer> {
  const type = assets[name];
  if (!type) return textAnswer(404, '404 page not found\n');
  return { code: 200, headers: { 'content-type': type, ...cached }, body: await readFile(join(folder, name)) };
}

const html = (): Answer => textAnswer(200, docsPage, 'text/html; charset=utf-8');

/** Swagger UI for every API group. The page itself is for everybody; what it shows and tries out needs the visitor's credentials. */
export const docsEndpoints: readonly PathEndpoint[] = [
  { path: '/docs', anonymous: true, handle: html },
  {
    path: '/docs/docs.js',
    anonymous: true,
    handle: () => textAnswer(200, docsScript, 'text/javascript; charset=utf-8'),
  },
  { path: '/docs/*', anonymous: true, handle: ({ info }) => asset(info.path.slice('/docs/'.length)) },
];
