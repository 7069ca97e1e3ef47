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
const DOCUMENT = /```graphql\n(?<query>[\s\S]*?)```\n(?:\n```json variables\n(?<variables>[\s\S]*?)```\n)?/gu;
const OPERATION = /(?:query|mutation) (?<name>\w+)/u;

/** The tasks of the page, as they stand there: the page is the only source. */
export const tasksOf = (page: string): readonly Task[] =>
  page
    .split(SECTION)
    .slice(1)
    .flatMap((section) => {
      const heading = section.slice(0, section.indexOf('\n'));
      return [...section.matchAll(DOCUMENT)].map(({ groups }) => {
        const { query = '', variables = '{}' } = groups ?? {};
        const name = OPERATION.exec(query)?.groups?.['name'] ?? '';
        return { heading, name, query, variables: JSON.parse(variables) as Record<string, unknown> };
      });
    });

interface Person {
  readonly type: string;
  readonly id: number;
}

/** The page asks as Mira; whoever opens the task asks for their own rows. */
export const variablesFor = (
  { variables }: Task,
  me: Person | undefined,
): Readonly<Record<string, unknown>> =>
  me !== undefined && 'me' in variables ? { ...variables, me: { type: me.type, id: me.id } } : variables;
