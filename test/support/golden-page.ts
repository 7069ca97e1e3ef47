import type { Page } from './page.ts';

/** A call as the site got it. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly actingAs: string | null;
  readonly startedAtMs: number;
  readonly ms: number;
}

export interface SeenPage {
  readonly page: Page;
  /** As `shotgraph explain` prints it. */
  readonly plan: string;
  /** The same as a Mermaid diagram. */
  readonly diagram: string;
  /** By the clock of the site. */
  readonly calls: readonly (SeenCall & { readonly wave: number })[];
  readonly data: unknown;
}

/** A call that began when another had ended belongs to a later wave than that one. */
export function wavesAtSite(calls: readonly SeenCall[]): SeenPage['calls'] {
  const seen: (SeenCall & { wave: number })[] = [];
  for (const call of [...calls].sort((left, right) => left.startedAtMs - right.startedAtMs)) {
    const before = seen.filter(({ startedAtMs, ms }) => startedAtMs + ms <= call.startedAtMs);
    seen.push({ ...call, wave: 1 + Math.max(0, ...before.map(({ wave }) => wave)) });
  }
  return seen;
}

/** A page of a tool for people to read: what it asks, how that is planned, what the site got, and what comes back. */
export function printPage({ page, plan, diagram, calls, data }: SeenPage): string {
  const rows = calls
    .map(({ wave, method, path, actingAs }) => `| ${wave} | ${method} ${path} | ${actingAs ?? ''} |`)
    // Calls of one wave come in any order.
    .sort();
  return [
    `# ${page.name}`,
    `${page.story[0]?.toUpperCase()}${page.story.slice(1)}.`,
    `## Query\n\n${fenced('graphql', undented(page.query))}`,
    ...(page.variables === undefined ? [] : [`With ${fenced('json', JSON.stringify(page.variables))}`]),
    `## Plan\n\nAs \`shotgraph explain\` prints it, without asking the site:\n\n${fenced('text', plan)}\n\n${fenced('mermaid', diagram)}`,
    `## Calls\n\n| wave | call | as |\n| --- | --- | --- |\n${rows.join('\n')}`,
    `## Answer\n\n${fenced('json', JSON.stringify(data))}`,
  ].join('\n\n');
}

const fenced = (language: string, text: string): string => `\n\n\`\`\`${language}\n${text}\n\`\`\``;

const undented = (text: string): string => text.replaceAll(/^ {4}/gmu, '');
