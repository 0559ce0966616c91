import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { parse } from 'yaml';
import { testCluster } from './cluster.js';

const { home, kubectl } = testCluster();
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const server = (
  parse(readFileSync(join(home, 'kubeconfig'), 'utf8')) as { clusters: [{ cluster: { server: string } }] }
).clusters[0].cluster.server;

jest.setTimeout(120_000);

describe('the API page in a browser', () => {
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    if (!executablePath) throw new Error('no Chromium on this machine: apt-get install chromium');
    browser = await chromium.launch({ executablePath, args: flags });
    page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    page.on('pageerror', (error) => faults.push(error.message));
  });
  afterAll(() => browser?.close());

  it('shows the operations of a group to a user who has logged in with a token', async () => {
    await kubectl.outcome([
      'create',
      'clusterrolebinding',
      'docs-reader',
      '--clusterrole=view',
      '--serviceaccount=default:default',
    ]);
    await page.goto(`${server}/docs`);
    await page.locator('#token').fill((await kubectl('create', 'token', 'default')).trim());
    await page.getByRole('button', { name: 'Use' }).click();
    await page.locator('.opblock-tag').first().click({ timeout: 60_000 });
    await page.locator('.opblock-summary').first().waitFor({ timeout: 30_000 });
    expect(faults).toEqual([]);
  });

  it('lets the user try a request', async () => {
    const operation = page.locator('.opblock-get', { has: page.locator('[data-path="/api/v1/configmaps"]') }).first();
    await operation.locator('.opblock-summary').click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table');
    await answer.locator('.response-col_status').last().waitFor({ timeout: 30_000 });
    expect(await answer.locator('.response-col_status').last().innerText()).toMatch(/^200/);
    expect(await answer.locator('.response-col_description').last().innerText()).toContain('ConfigMapList');
  });
});
