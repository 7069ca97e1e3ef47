/** The code of a page of the docs: fences and what stands in a sentence between backquotes. */
export interface DocFence {
  /** What follows the backquotes: `graphql`, `json variables`, `` where nothing does. */
  readonly info: string;
  readonly code: string;
}

const FENCE = /^(?<indent> *)```(?<info>[^\n`]*)\n(?<code>[\s\S]*?)^\k<indent>```$/gmu;

export const fencesOf = (page: string): DocFence[] =>
  [...page.matchAll(FENCE)].map(({ groups }) => ({
    info: (groups?.['info'] ?? '').trim(),
    code: groups?.['code'] ?? '',
  }));

/** A query in a sentence asks for something of something, or has arguments; a set of names in braces does not. */
const INLINE = /`(?<query>(?:query |mutation |\{ ?\w+ ?[({])[^`]*)`/gu;

/** Every GraphQL document of a page that is for the schema of the demo. Another schema's is fenced `graphql other-schema`. */
export function documentsOf(page: string): string[] {
  const fenced = fencesOf(page).flatMap(({ info, code }) => (info === 'graphql' ? [code] : []));
  const inPrograms = [...page.matchAll(/gql`(?<query>[^`]*)`/gu)];
  const inSentences = [...page.replaceAll(FENCE, '').matchAll(INLINE)];
  return [...fenced, ...[...inPrograms, ...inSentences].map(({ groups }) => groups?.['query'] ?? '')];
}

/** Every call of the command `shotgraph` on a page, as the words after it. */
export const commandsOf = (page: string): string[][] =>
  [
    ...page
      .replaceAll('\\\n', ' ')
      .matchAll(/(?:npx (?:--no-install )?shotgraph|`shotgraph) (?<words>[^\n`]*)/gu),
  ].map(
    ({ groups }) =>
      (groups?.['words'] ?? '')
        .split(/ #|"(?: |,|$)/u)[0]
        ?.trim()
        .split(/\s+/u) ?? [],
  );
