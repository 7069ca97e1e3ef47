import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './source-files.ts';

const run = promisify(execFile);

describe('the check of regular expressions (F25)', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-regexes-'));
    await mkdir(join(folder, 'src/inner'), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const checked = async (text: string): Promise<string> => {
    await writeFile(join(folder, 'src/inner/one.ts'), text);
    const script = join(ROOT, 'scripts/check-regexes.js');
    return run(process.execPath, [script, folder]).then(
      ({ stdout }) => stdout,
      ({ stderr, stdout }: { stderr: string; stdout: string }) => stderr + stdout,
    );
  };

  it.each([
    ['a literal', 'export const slow = /^(a+)+$/u;'],
    ['a text', "export const slow = new RegExp('^(a+)+$', 'u');"],
    ['a call without new', "export const slow = RegExp('^(a+)+$');"],
    [
      'a template of constants',
      'const part = String.raw`(a+)+`; export const slow = new RegExp(`^${part}$`);',
    ],
    ['another expression', 'const part = /^(a+)+$/u; export const slow = new RegExp(part.source);'],
  ])('finds one that is slow in %s, in a folder that is no repository', async (_what, text) => {
    expect(await checked(text)).toMatch(/src\/inner\/one\.ts: \/\^\(a\+\)\+\$\/\w* is exponential/u);
  });

  it.each(['new RegExp(given)', 'new RegExp(`^${given}$`)', "RegExp('^' + given)"])(
    'takes no %s of what it does not know',
    async (made) => {
      expect(await checked(`export const make = (given: string) => ${made};`)).toContain(
        'src/inner/one.ts: RegExp(...) of something that is not known here.',
      );
    },
  );

  it('has nothing against those that are quick', async () => {
    expect(await checked('const a = `b`; export const fine = [/^a+$/u, new RegExp(`^${a}+$`)];')).toBe(
      '2 regular expressions, 0 of them slow or unknown\n',
    );
  });
});
