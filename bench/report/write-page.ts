/** What the blocks of a page are to hold, by their names. */
export type Blocks = Readonly<Record<string, string>>;

const BLOCK = /(?<begin><!-- bench: (?<name>[^>]+?) -->\n).*?(?<end>\n<!-- end -->)/gsu;

/** The page with the text of each block that is given; blocks that are not given stay as they are. */
export function writeBlocks(page: string, blocks: Blocks): string {
  return page.replaceAll(BLOCK, (...found: unknown[]) => {
    const { begin = '', name = '', end = '' } = found.at(-1) as Record<string, string>;
    const text = blocks[name];
    return text === undefined ? String(found[0]) : `${begin}\n${text.trim()}\n${end}`;
  });
}

/** Names of the blocks of a page. */
export const blocksOf = (page: string): readonly string[] =>
  [...page.matchAll(BLOCK)].map(({ groups }) => groups?.['name'] ?? '');
