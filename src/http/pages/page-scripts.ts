import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../base/digest.ts';
import { packageFolder } from '../../base/package-folder.ts';

/** A script of our pages, built from `src/browser`. */
export interface PageScript {
  readonly text: string;
  /** The source that the page's policy allows: exactly this text, by its hash. */
  readonly source: string;
}

export interface PageScripts {
  /** Of the page in ShotGrid's frame. */
  readonly overlay: PageScript;
  /** Of the page that ends a sign-in window. */
  readonly window: PageScript;
}

/** The scripts cannot be read; the message contains the remedy. */
export class PageScriptsError extends Error {}

/** Reads the built scripts, once at the start. Errors: `PageScriptsError`. */
export function readPageScripts(folder = join(packageFolder(), 'dist', 'browser')): PageScripts {
  return { overlay: readScript(folder, 'overlay'), window: readScript(folder, 'window') };
}

/** Either would end or change the script when a browser parses the page. */
const NOT_IN_A_PAGE = /<\/script|<!--/iu;

function readScript(folder: string, name: string): PageScript {
  const path = join(folder, `${name}.js`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new PageScriptsError(
      `The scripts of our pages are not built: ${path} is missing. Run: npm run build`,
    );
  }
  if (NOT_IN_A_PAGE.test(text)) {
    throw new PageScriptsError(
      `${path} cannot stand in a page: it holds "</script" or "<!--". Change it in src/browser.`,
    );
  }
  return { text, source: sourceOf(text) };
}

const sourceOf = (text: string): string => `'sha256-${sha256(text, 'base64')}'`;
