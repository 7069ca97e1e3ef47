/** A document of docs/graphql.md that the explorer opens. */
export interface Task {
  /** `2. The latest version of each shot` */
  readonly heading: string;
  /** The name of the operation. */
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const SECTION = /^## (?=\d+\. )/mu;
const DOCUMENT = '```graphql\n';
const VARIABLES = '```json variables\n';
const FENCE = '```';
const OPERATION = /(?:query|mutation) (?<name>\w+)/u;

/** The tasks of the page, unchanged: the page is the only source. */
export const tasksOf = (page: string): readonly Task[] =>
  page
    .split(SECTION)
    .slice(1)
    .flatMap((section) => {
      const heading = section.slice(0, section.indexOf('\n'));
      return section
        .split(DOCUMENT)
        .slice(1)
        .map((part) => {
          const [query = ''] = part.split(FENCE, 1);
          const rest = part.slice(query.length + FENCE.length).trimStart();
          // The variables of a document follow it directly.
          const variables = rest.startsWith(VARIABLES)
            ? (rest.slice(VARIABLES.length).split(FENCE, 1)[0] ?? '{}')
            : '{}';
          const name = OPERATION.exec(query)?.groups?.['name'] ?? '';
          return { heading, name, query, variables: JSON.parse(variables) as Record<string, unknown> };
        });
    });

interface Person {
  readonly type: string;
  readonly id: number;
}

/** The page uses Mira's id; replace it, so that people see their own rows. */
export const variablesFor = (
  { variables }: Task,
  me: Person | undefined,
): Readonly<Record<string, unknown>> =>
  me !== undefined && 'me' in variables ? { ...variables, me: { type: me.type, id: me.id } } : variables;
