import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ListedTool, readToolList } from '../../../src/operations/read-lists.ts';
import { CHECK, type Files, mapOf, temporaryFiles, toolOf } from '../../support/operation-lists.ts';

describe('a rule for an operation', () => {
  let files: Files;
  beforeEach(async () => {
    files = await temporaryFiles();
  });
  afterEach(() => files.remove());

  it('is refused if the list has no such operation', async () => {
    const operations = await files.write('m.json', mapOf('query Room { versions(first: 1) { id } }'));
    const rules = new Map([['Rom', { maxAuthAgeMs: 1, maxSearches: null }]]);
    const tool: ListedTool = { ...toolOf('review', operations, { rules }), operations };
    await expect(readToolList(tool, CHECK)).rejects.toThrow(
      /apps\.review\.rules\.Rom: .*Did you mean Room\?/u,
    );
  });
});
