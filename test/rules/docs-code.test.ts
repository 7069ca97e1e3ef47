import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildSchema, parse, validate } from 'graphql';
import { parseDocument } from 'yaml';
import { COMMANDS } from '../../src/cli/commands.ts';
import { commandsOf, documentsOf, fencesOf } from '../support/doc-code.ts';
import { PAGES } from './doc-pages.ts';
import { ROOT } from './source-files.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const SCHEMA = buildSchema(read('schema/schema.graphql'));

const problemsOf = (document: string): string[] => {
  try {
    return validate(SCHEMA, parse(document)).map(({ message }) => message);
  } catch (error) {
    return [String(error)];
  }
};

describe('the code in the docs', () => {
  it('is found where it is', () => {
    const all = PAGES.map(read).join('\n');
    expect(documentsOf(read('README.md'))).toHaveLength(1);
    expect(documentsOf(all).length).toBeGreaterThan(40);
    expect(commandsOf(all).length).toBeGreaterThan(15);
    expect(problemsOf('{ launch { title } }')).not.toEqual([]);
  });

  it.each(PAGES)('%s: every GraphQL document fits the schema of the demo', (page) => {
    const wrong = documentsOf(read(page)).flatMap((document) =>
      problemsOf(document).map((problem) => `${document.slice(0, 80)}: ${problem}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(PAGES)('%s: every GraphQL document of another schema can be parsed', (page) => {
    for (const { info, code } of fencesOf(read(page))) {
      if (info.startsWith('graphql')) expect(['graphql', 'graphql other-schema']).toContain(info);
      if (info === 'graphql other-schema') expect(() => parse(code)).not.toThrow();
    }
  });

  it.each(PAGES)('%s: every piece of JSON and YAML can be parsed', (page) => {
    for (const { info, code } of fencesOf(read(page))) {
      if (info.startsWith('json')) expect(() => JSON.parse(code) as unknown).not.toThrow();
      if (info === 'yaml') expect(parseDocument(code).errors).toEqual([]);
    }
  });

  it.each(PAGES)('%s: every command and option of shotgraph exists', (page) => {
    const wrong = commandsOf(read(page)).flatMap((words) => {
      const command = COMMANDS.find(({ name }) => name === words.slice(0, name.split(' ').length).join(' '));
      // A sentence may go on behind the name of a command.
      const options = words.filter((word) => word.startsWith('--'));
      if (command === undefined) return [words.join(' ')];
      const known = ['env', 'help', 'version', ...Object.keys(command.options)];
      return options.filter((option) => !known.includes(option.slice(2)));
    });
    expect(wrong).toEqual([]);
  });
});
