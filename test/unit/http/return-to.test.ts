import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { launchIdOf, parseReturnTo } from '../../../src/http/session/return-to.ts';

const ORIGIN = 'https://shotgraph.example';

/** Ways to write "somewhere else" that have fooled checks of returnTo, each before a host. */
const LEADS = [
  '//',
  '///',
  '////',
  '/\\',
  '/\\\\',
  '\\\\',
  '\\/',
  '\\',
  '/\\/',
  '//\\',
  '\\//',
  '/./\\',
  '/\t/',
  '/\n/',
  '/\r/',
  '/\r\n/',
  '/\u0000/',
  '/\u000b/',
  '/\u000c/',
  '\t//',
  ' //',
  '\u0085//',
  '/\u0085/',
  '/%09/',
  '/%0a/',
  '/%0d/',
  '/%0d%0a/',
  '/%00/',
  '/%2f',
  '/%2F',
  '/%2f%2f',
  '/%5c',
  '/%5C',
  '/%5c%5c',
  '/%5c/',
  '//%2f',
  '/%2f/',
  '/%252f',
  '/%255c',
  '/%2509/',
  '/%250a/',
  '/%2500/',
  '/%25%32%66',
  '/%25%35%63',
  '%2f%2f',
  '/.//',
  '/./%2f',
  '/..//',
  '/../%2f',
  '/../..//',
  '/a/..//',
  '/a/../%2f',
  '/%2e//',
  '/%2e/%2f',
  '/%2e%2e//',
  '/%2e%2e/%5c',
  '/%252e//',
  '/.%5c',
  '/..%5c',
  '/x/..%2f..%2f/',
  '/a//',
  '/apps//',
  '/;//',
  '/@//',
  'http://',
  'https://',
  'HTTPS://',
  'https:/',
  'https:',
  'http:\\\\',
  'https:\\\\',
  'http:/\\',
  'https:///',
  'ftp://',
  'javascript://',
  'javascript:',
  'data:',
  'file:///',
  'blob:https://',
  'view-source:https://',
  'ws://',
  'mailto:x@',
  '@',
  '.',
  '',
  '?',
  '#',
  '~',
  '%',
  '/%',
  '/%zz',
  '/%e0%a4%g',
  '/%25%',
  'https:%2f%2f',
  'x://',
  '://',
  ':///',
  '/%ff',
  '/%c0%af',
  '/%c0%af%c0%af',
  '/%e0%80%af',
];
const HOSTS = [
  'evil.example',
  'evil.example/%2e%2e',
  'user@evil.example',
  '127.0.0.1:80',
  '[::1]',
  'shotgraph.example@evil.example',
];

const CORPUS = LEADS.flatMap((lead) => HOSTS.map((host) => `${lead}${host}`));

/** Where a browser that stands on a page of ours would go. */
function landsOnOrigin(path: string): boolean {
  return (
    URL.canParse(path, `${ORIGIN}/auth/callback`) &&
    new URL(path, `${ORIGIN}/auth/callback`).origin === ORIGIN
  );
}

describe('returnTo', () => {
  it('is tested with a large corpus', () => {
    expect(new Set(CORPUS).size).toBeGreaterThan(500);
  });

  it.each(CORPUS)('%j leads nowhere', (attack) => {
    expect(parseReturnTo(attack)).toBeUndefined();
  });

  it.each([
    ['/', '/'],
    ['/apps/review/', '/apps/review/'],
    ['/apps/review/?launch=AbC-_9#shot-3', '/apps/review/?launch=AbC-_9#shot-3'],
    ['/apps/review/../review/', '/apps/review/'],
    ['/apps/review/?q=a%20b%26c', '/apps/review/?q=a%20b%26c'],
    ['/apps/review/?link=https://studio.example/x', '/apps/review/?link=https://studio.example/x'],
    ['/apps/Größe', '/apps/Gr%C3%B6%C3%9Fe'],
    ['/／／evil.example', '/%EF%BC%8F%EF%BC%8Fevil.example'],
    ['/launch/abc', '/launch/abc'],
  ])('%j is kept as %j', (wanted, canonical) => {
    expect(parseReturnTo(wanted)).toBe(canonical);
  });

  it.each(['%25', '%5C', '%0A', '%E9', '%', '%2F%2Fevil.example', '//evil.example', '%2525'])(
    'keeps %s in the query and the fragment of a deep link, since only the path decides the target',
    (text) => {
      for (const link of [`/apps/review/?q=${text}`, `/apps/review/?q=1#${text}`]) {
        expect(parseReturnTo(link)).toBe(link);
      }
    },
  );

  it('refuses a value that is not a text or is too long', () => {
    expect(parseReturnTo(undefined)).toBeUndefined();
    expect(parseReturnTo(['/apps/'])).toBeUndefined();
    expect(parseReturnTo(`/${'a'.repeat(10_000)}`)).toBeUndefined();
  });

  it('never leaves our origin, also after two further decodings', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '%2f',
      '%5c',
      '%252f',
      '.',
      '..',
      '%2e',
      '\t',
      '%09',
      '@',
      ':',
      '?',
      '#',
      'evil.example',
      'a',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const canonical = parseReturnTo(`/${pieces.join('')}`);
        if (canonical === undefined) return true;
        const once = decodeURIComponent(canonical);
        return [canonical, once, decodeURIComponent(once)].every(landsOnOrigin);
      }),
      { numRuns: 3000 },
    );
  });

  it('knows the launch behind a path', () => {
    expect(launchIdOf('/launch/abc-_1')).toBe('abc-_1');
    expect(launchIdOf('/launch/abc/x')).toBeUndefined();
    expect(launchIdOf('/apps/review/?launch=abc')).toBeUndefined();
  });
});
