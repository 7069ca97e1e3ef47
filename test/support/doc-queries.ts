/** What docs/ asks of GraphQL, as it stands there. */

/** A document in a fence of its own, with its variables, and with what the page tells of its answer. */
export interface DocTask {
  readonly title: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  /** The text after the query and its variables: the line of costs and the answer. */
  readonly told: string;
  readonly queryEnd: number;
}

const FENCE = /```graphql\n(?<query>[\s\S]*?)```\n(?:\n```json variables\n(?<variables>[\s\S]*?)```\n)?/gu;
const TOLD = /^\n<!-- answer -->\n[\s\S]*?<!-- end -->\n/u;

export function tasksOf(page: string): DocTask[] {
  return [...page.matchAll(FENCE)].map((match) => {
    const queryEnd = match.index + match[0].length;
    const { query = '', variables = '{}' } = match.groups ?? {};
    return {
      title: /(?:query|mutation) (?<name>\w+)/u.exec(query)?.groups?.['name'] ?? '',
      query,
      variables: JSON.parse(variables) as Record<string, unknown>,
      told: TOLD.exec(page.slice(queryEnd))?.[0] ?? '',
      queryEnd,
    };
  });
}

/** The documents of the table of docs/graphql.md of what else there is. */
export function tableQueriesOf(page: string): string[] {
  const table = page.slice(page.indexOf('## What else there is'));
  return [...table.matchAll(/`(?<query>(?:\{|query|mutation) [^`]*)`/gu)].map(
    ({ groups }) => groups?.['query'] ?? '',
  );
}

/** The documents in the programs of docs/front-end.md. */
export const programQueriesOf = (page: string): string[] =>
  [...page.matchAll(/gql`(?<query>[^`]*)`/gu)].map(({ groups }) => groups?.['query'] ?? '');

/** A row of docs/rest.md: operations of the REST API, and what reaches the same here. */
export interface RestRow {
  readonly section: string;
  /** `GET /entity/<types>/<id>` */
  readonly operations: readonly string[];
  readonly query: string | undefined;
  readonly said: string;
}

const OPERATION = /`(?<operation>(?:GET|POST|PUT|DELETE) \/[^`]*)`/gu;
const INLINE_QUERY = /`(?<query>(?:\{|mutation).*?)`/u;

export const restRowsOf = (page: string): RestRow[] =>
  page.split(/^## /mu).flatMap((section) =>
    [...section.matchAll(/^\| (?<rest>`[^|]*) \|(?<said>.*)\|$/gmu)].map(({ groups }): RestRow => ({
      section: section.split('\n')[0] ?? '',
      operations: [...(groups?.['rest'] ?? '').matchAll(OPERATION)].map(
        (match) => match.groups?.['operation'] ?? '',
      ),
      query: INLINE_QUERY.exec(groups?.['said'] ?? '')?.groups?.['query'],
      said: groups?.['said']?.trim() ?? '',
    })),
  );
