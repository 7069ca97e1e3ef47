import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realHosts } from './real-hosts.ts';
import { ROOT } from './source-files.ts';

/** What .gitignore keeps out: installed, made, or of this machine; and lists of packages, which name where each comes from. */
const NOT_OURS = /^(?:\.git|\.env|node_modules|dist|artefacts|gql|package-lock\.json|.*\.log|.*\.jsonl)$/u;
const PICTURE = /\.(?:png|ico)$/u;

const filesBelow = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_OURS.test(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() && !PICTURE.test(path) ? [path] : [];
  });

describe('the repository names no real studio', () => {
  it('has no host, e-mail address or network address that might be one', () => {
    const found = filesBelow('.')
      // This test plants some.
      .filter((path) => path !== 'test/rules/real-hosts.test.ts')
      .flatMap((path) => realHosts(readFileSync(join(ROOT, path), 'utf8')).map((host) => `${path}: ${host}`));
    expect(found).toEqual([]);
  });

  it.each([
    [
      'the site of a studio',
      'see https://somestudio.shotgunstudio.com/page/1',
      'somestudio.shotgunstudio.com',
    ],
    ['a site without a scheme', 'SITE=big-films.shotgrid.autodesk.com', 'big-films.shotgrid.autodesk.com'],
    ['a mail address', 'ask jane.doe@somestudio.com', 'somestudio.com'],
    ['a host behind a login', 'https://me@somestudio.com/x', 'somestudio.com'],
    ['a public network address', 'from 93.184.216.34', '93.184.216.34'],
  ])('finds %s', (_, text, host) => expect(realHosts(text)).toContain(host));

  it.each([
    'https://studio.shotgrid.autodesk.com',
    'mira@studio.example',
    'http://localhost:4000 and http://tools.localhost',
    '127.0.0.1, 10.1.2.3, 192.0.2.7',
    'version 1.2.3, ruby@3.1.2, OpenID Connect Core 3.1.2.1',
  ])('leaves %s alone', (text) => expect(realHosts(text)).toEqual([]));
});
