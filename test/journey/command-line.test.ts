import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parseLine } from '../../src/cli/line/parse-line.ts';
import { environmentIn } from '../../src/config/environment.ts';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';
import { runCaptured as run } from '../support/run-captured.ts';
import { ROOT } from '../rules/source-files.ts';

/** Somebody types `shotgraph` without having read anything. */
describe('the command line', () => {
  it.each(['--version', '-v'])('prints its version: %s', async (option) => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await run(option)).toEqual({ code: 0, printed: version, errors: '' });
  });

  it.each(COMMANDS.map(({ name }) => name))('%s --help prints its usage and runs nothing', async (name) => {
    // None of these commands has its settings here: what ran would be refused.
    for (const option of ['--help', '-h']) {
      const { code, printed, errors } = await run(...name.split(' '), option);
      expect([code, errors]).toEqual([0, '']);
      expect(printed).toContain(`Usage: shotgraph ${name}`);
      expect(printed).toContain('Examples:');
    }
  });

  it.each([[], ['help'], ['--help']])('lists all commands for %j', async (...args: string[]) => {
    const { code, printed } = await run(...args);
    expect(code).toBe(0);
    for (const { name } of COMMANDS) expect(printed).toMatch(new RegExp(`^  ${name} `, 'mu'));
    expect(printed).toContain('Exit codes:');
  });

  it.each(COMMANDS.map(({ name }) => name))(
    '%s --version prints the version, and help prints its usage',
    async (name) => {
      expect((await run(...name.split(' '), '--version')).printed).toMatch(/^\d+\.\d+\.\d+$/u);
      expect(await run('help', ...name.split(' '))).toEqual(await run(...name.split(' '), '--help'));
    },
  );

  it('starts nothing with an argument that start does not accept', async () => {
    expect(await run('start', 'now')).toMatchObject({ code: 2, errors: expect.stringContaining("'now'") });
    expect(await run('start', '--port', '4000')).toMatchObject({ code: 2 });
  });

  it('lists the commands of a group', async () => {
    const { code, printed } = await run('schema', '--help');
    expect(code).toBe(0);
    expect(printed).toContain('schema pull');
    expect(printed).not.toContain('doctor');
  });

  it.each([
    ['docter', 'doctor'],
    ['schema pul', 'schema pull'],
    ['strt', 'start'],
    ['audit verfy', 'audit verify'],
  ])('refuses "%s" and names "%s"', async (typed, meant) => {
    const { code, printed, errors } = await run(...typed.split(' '));
    expect([code, printed]).toEqual([2, '']);
    expect(errors).toContain(`There is no command "${typed}". Did you mean "shotgraph ${meant}"?`);
  });

  it.each([
    [['doctor', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)\nUsage: shotgraph doctor"],
    [['doctor', '--person'], 'argument missing\nUsage: shotgraph doctor'],
    [['people', '--format', 'xml'], 'Allowed choices are table, csv, json'],
    [['doctor', '--env', '../demo'], 'demo stands for .env.demo'],
    [['schema'], 'schema pull'],
    [['completion', 'fish'], 'Name the shell: bash or zsh.'],
  ])('refuses %j with exit code 2 and says what is accepted', async (args, said) => {
    const { code, printed, errors } = await run(...args);
    expect([code, printed]).toEqual([2, '']);
    expect(errors).toContain(said);
  });

  it('names a missing file of settings that --env asks for', async () => {
    const { code, errors } = await run('people', '--env', 'nowhere');
    expect([code, errors]).toEqual([2, expect.stringContaining('has no .env.nowhere')]);
  });

  const examples = COMMANDS.flatMap(({ name, examples: own }) =>
    own.map(({ line }) => [line, name] as const),
  );
  it.each(examples)('the example "shotgraph %s" is a valid call of %s', (line, name) => {
    const words = [...(line.split(' > ')[0] ?? '').matchAll(/'([^']*)'|(\S+)/gu)].map(
      ([, a, b]) => a ?? b ?? '',
    );
    const parsed = parseLine(words, { commands: COMMANDS, version: '0', columns: 80 });
    expect('command' in parsed && parsed.command.name).toBe(name);
  });

  it('has an example of every command', () => {
    expect(new Set(examples.map(([, name]) => name)).size).toBe(COMMANDS.length);
  });

  it('suggests no command where none is similar', async () => {
    expect((await run('zzzzzzzzzzzz')).errors).not.toContain('Did you mean');
  });
});

describe('completion', () => {
  const choices = (shell: 'bash' | 'zsh', script: string, words: readonly string[]): string[] => {
    const typed = words.map((word) => `'${word}'`).join(' ');
    const program = {
      bash: `${script}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _shotgraph; echo "\${COMPREPLY[@]}"`,
      // zsh completes inside its line editor: the two functions that add choices are ours here.
      zsh: `compdef() { }; _files() { }; compadd() { shift; echo "$@" }\n${script}\nwords=(${typed}); CURRENT=${words.length}; _shotgraph`,
    }[shell];
    return execFileSync(shell, ['-c', program], { encoding: 'utf8' }).trim().split(' ').filter(Boolean);
  };
  const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

  it.each(['bash', 'zsh'] as const)('offers commands, groups and options in %s', async (shell) => {
    const { printed: script } = await run('completion', shell);
    // zsh is not on every machine; its script is compared with the table all the same.
    for (const { name, options } of COMMANDS) {
      expect(script).toContain(`'${name}')`);
      for (const option of Object.keys(options)) expect(script).toContain(`--${option}`);
    }
    if (!isThere(shell)) return;
    expect(choices(shell, script, ['shotgraph', ''])).toEqual(expect.arrayContaining(['doctor', 'schema']));
    expect(choices(shell, script, ['shotgraph', 'schema', ''])).toEqual(['pull', 'diff', 'print']);
    expect(choices(shell, script, ['shotgraph', 'schema', 'pull', '--fresh', ''])).toContain('--partial');
    expect(choices(shell, script, ['shotgraph', 'audit', 'verify', 'a.jsonl', ''])).toContain('--head');
  });
});

describe('a folder without settings', () => {
  it.each(['start', 'doctor', 'people', 'schema pull', 'mapping forget me'])(
    'is reported by %s',
    async (command) => {
      const { code, errors, printed } = await run(...command.split(' '));
      expect(code).toBe(1);
      expect(errors + printed).toContain('There are no settings here at all');
    },
  );

  it('gets settings from a file .env, and environment variables override them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shotgraph-place-'));
    expect(environmentIn(folder, { A: '1' })).toEqual({ A: '1' });
    await writeFile(join(folder, '.env'), '# of the studio\nSHOTGRAPH_LOG_LEVEL="warn"\nA=2\nB=3 # three\n');
    expect(environmentIn(folder, { A: '1' })).toEqual({ A: '1', B: '3', SHOTGRAPH_LOG_LEVEL: 'warn' });
    // As editors on Windows write it.
    await writeFile(join(folder, '.env'), '\uFEFFA=2\r\nB="3 # three"\r\n\r\nC_FILE=/c\r\nD=d\r\n');
    expect(environmentIn(folder, {})).toEqual({ A: '2', B: '3 # three', C_FILE: '/c', D: 'd' });
    expect(environmentIn(folder, { A_FILE: '/a', C: 'c', D_FILE: '' })).toEqual({
      ...{ A_FILE: '/a', B: '3 # three', C: 'c', D: 'd', D_FILE: '' },
    });
    await writeFile(join(folder, '.env.demo'), 'B=4\n');
    expect(environmentIn(folder, { A: '1' }, '.env.demo')).toEqual({ A: '1', B: '4' });
    await rm(folder, { recursive: true });
  });
});

describe('schema print --config', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-print-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['systems that are a list', 'systems: [farm]\n', /systems: /u],
    ['a key twice', 'systems: {}\nsystems: {}\n', /unique/u],
    ['no YAML', 'systems: {', /shotgraph\.yml: /u],
    ['a connector that is a number', 'systems: { farm: { connector: 7 } }\n', /systems\.farm\.connector: /u],
  ])('refuses a file with %s, as the server does', async (_, content, problem) => {
    const file = join(folder, 'shotgraph.yml');
    await writeFile(file, content);
    const { code, printed, errors } = await run('schema', 'print', '--config', file);
    expect([code, printed]).toEqual([1, '']);
    expect(errors).toMatch(problem);
  });

  it('names a missing file', async () => {
    const { code, errors } = await run('schema', 'print', '--config', join(folder, 'none.yml'));
    expect(code).toBe(1);
    expect(errors).toContain('none.yml cannot be read');
  });
});

describe('a site that cannot be read', () => {
  let studio: CliStudio;
  beforeAll(async () => {
    studio = await startCliStudio();
  });
  afterAll(() => studio.stop());
  const refuseFieldsOf = async (...types: readonly string[]): Promise<void> => {
    const faults = types.map((type) => ({
      match: { path: `/api/v1/schema/${type}/fields` },
      status: 500,
      body: '{}',
      times: 100,
    }));
    for (const fault of faults) {
      const answer = await fetch(`${studio.siteUrl}/__studio/faults`, {
        method: 'POST',
        body: JSON.stringify(fault),
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.ok).toBe(true);
    }
  };

  it('is not a difference for schema diff, and has its own exit code', async () => {
    const { code, said } = await studio.run(['schema', 'diff'], { SHOTGRAPH_SITE_URL: 'http://127.0.0.1:9' });
    expect(said).toContain('The site could not be read: UPSTREAM_UNAVAILABLE');
    expect(code).toBe(3);
  });

  it('is no difference where a snapshot cannot be read either', async () => {
    for (const args of [
      ['--directory', '/nowhere'],
      ['--against', '/nowhere'],
    ]) {
      const { code, said } = await studio.run(['schema', 'diff', ...args]);
      expect([code, said]).toEqual([3, expect.stringContaining('/nowhere/entity-types.json cannot be read')]);
    }
  });

  it('is reported by the doctor as not checked where the site refuses two types', async () => {
    await refuseFieldsOf('Shot', 'Version');
    const { said } = await studio.run(['doctor']);
    expect(said).toMatch(/^warn {2}drift +could not be looked at for Shot, Version: /mu);
    expect(said).not.toContain('take it over');
    const diff = await studio.run(['schema', 'diff']);
    expect(diff.code).toBe(3);
  });
});
