import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPageScripts } from '../../../src/http/pages/page-scripts.ts';

describe('the scripts of our pages', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shotgraph-scripts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  it('are admitted by the hash of what was built', () => {
    write('overlay.js', 'frame();');
    write('window.js', 'window();');
    const hash = createHash('sha256').update('frame();').digest('base64');
    const { overlay, window } = readPageScripts(folder);
    expect(overlay).toEqual({ text: 'frame();', source: `'sha256-${hash}'` });
    expect(window.source).not.toBe(overlay.source);
  });

  it('keep the server from starting without them, with the command to run', () => {
    write('overlay.js', 'frame();');
    expect(() => readPageScripts(folder)).toThrow(/window\.js is missing\. Run: npm run build$/u);
  });

  it.each(['</script>', '</SCRIPT ', '<!--'])(
    'keep the server from starting if the browser would cut or change them: %s',
    (text) => {
      write('overlay.js', 'frame();');
      write('window.js', `say('${text}');`);
      expect(() => readPageScripts(folder)).toThrow(/window\.js cannot stand in a page/u);
    },
  );

  it('are self-contained: each is one file, which loads no other', () => {
    for (const { text } of Object.values(readPageScripts())) {
      expect(text).toMatch(/^\(function\(\)\{/u);
      expect(text).not.toMatch(/\bimport\b|\brequire\(|\bexport\b|sourceMappingURL/u);
    }
  });
});
