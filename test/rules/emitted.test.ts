import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EMITTED_FILES } from '../../src/cli/emitted-files.ts';
import { ROOT } from './source-files.ts';

describe('files made from tables', () => {
  it.each(EMITTED_FILES.map((file) => [file.path, file] as const))(
    '%s is as its table says',
    async (path, file) => {
      const written = await readFile(join(ROOT, path), 'utf8');
      expect(written).toBe(await file.render());
    },
  );
});
