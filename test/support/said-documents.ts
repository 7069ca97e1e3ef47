import type { GraphQLField, GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import { type Asking, randomAsking } from './random-asking.ts';
import type { Change, Changes } from './random-changes.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import { type Draw, Variables } from './said-values.ts';

/** One request in two documents that mean the same: with variables, of which some are left out, and without any. */
export interface SaidTwice {
  readonly withVariables: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly plain: string;
  readonly operationName: string;
  /** How it is said, and in which ways variables stand in it. */
  readonly ways: readonly string[];
  readonly isMutation: boolean;
}

export interface SaidParts {
  readonly schema: GraphQLSchema;
  readonly dataset: Dataset;
  readonly changes: Changes;
}

type Form = 'one operation' | 'several operations' | 'fragments';

/** A random request: some changes or some lists, in one of several forms. */
export function saidDocument(parts: SaidParts, draw: Draw): SaidTwice {
  const content = draw('changes', 'changes', 'changes', 'one many times', 'a batch of 50', 'lists');
  const form = draw<Form>('one operation', 'several operations', 'fragments');
  const variables = new Variables(draw);
  const fields =
    content === 'lists' ? lists(parts, draw, variables) : changes(parts, { draw, content, variables });
  const isMutation = content !== 'lists';
  const said = documents(form, isMutation, variables.definitions, fields);
  return {
    ...said,
    variables: variables.given,
    operationName: 'Chosen',
    ways: [content, form, ...variables.ways, ...fields.map(({ field }) => field.replace(/[A-Z]\w*/u, ''))],
    isMutation,
  };
}

interface SaidField {
  readonly field: string;
  readonly withVariables: string;
  readonly plain: string;
}

interface Drawing {
  readonly draw: Draw;
  readonly content: string;
  readonly variables: Variables;
}

function changes({ schema, changes: random }: SaidParts, { draw, content, variables }: Drawing): SaidField[] {
  const sayAll = (some: readonly Change[]): SaidField[] =>
    some.map((change, index) =>
      sayField({ schema, variables, draw }, 'Mutation', change, `${change.field}${index}`),
    );
  const last = sayField({ schema, variables, draw }, 'Mutation', random.beyondTheBudget, 'last');
  if (content === 'a batch of 50') return [...sayAll([random.batch(draw, 50)]), last];
  if (content === 'changes') return [...sayAll([...random.some(draw), ...random.some(draw)]), last];
  return [...sameChange(schema, variables, random.ofEachRow(draw)), last];
}

/** The same field many times: one variable for the input of all. */
function sameChange(schema: GraphQLSchema, variables: Variables, each: readonly Change[]): SaidField[] {
  const [some] = each;
  if (some === undefined) throw new Error('there is no change');
  const input = fieldOf(schema, 'Mutation', some.field).args.find(({ name }) => name === 'input');
  if (input === undefined) throw new Error(`${some.field} has no input`);
  const [withVariables, plain] = variables.once(input.type, some.args['input']);
  variables.ways.push('many places');
  return each.map(({ field, args, selection }, index) => {
    const said = (value: string): string =>
      `again${index}: ${field}(id: ${String(args['id'])}, input: ${value}) { id ${selection} }`;
    return { field, withVariables: said(withVariables), plain: said(plain) };
  });
}

const lists = ({ schema, dataset }: SaidParts, draw: Draw, variables: Variables): SaidField[] =>
  ['one', 'other'].map((alias) =>
    sayField({ schema, variables, draw }, 'Query', randomAsking(schema, dataset, draw), alias),
  );

interface Saying {
  readonly schema: GraphQLSchema;
  readonly variables: Variables;
  readonly draw: Draw;
}

function sayField(
  { schema, variables, draw }: Saying,
  root: string,
  { field: name, args: given, selection, ...rest }: Asking | Change,
  alias: string,
): SaidField {
  const field = fieldOf(schema, root, name);
  const said = field.args.flatMap((argument): [string, string][] => {
    const value = given[argument.name];
    if (value === undefined) {
      if (draw(true, false)) return [];
      if (argument.defaultValue !== undefined) variables.ways.push('default of the schema');
      return [[`${argument.name}: ${variables.leftOut(argument.type)}`, '']];
    }
    const [withVariables, plain] = variables.say(argument.type, value);
    return [[`${argument.name}: ${withVariables}`, `${argument.name}: ${plain}`]];
  });
  const isNamed = 'on' in rest && rest.on !== undefined;
  const [include, included] = isNamed ? directive(variables, draw) : ['', ''];
  const textOf = (texts: readonly string[], directives: string): string =>
    `${alias}: ${name}(${texts.filter((text) => text !== '').join(', ')}) { ${isNamed ? `id name${directives}` : ''} ${selection} }`;
  return {
    field: name,
    withVariables: textOf(
      said.map(([text]) => text),
      include,
    ),
    plain: textOf(
      said.map(([, text]) => text),
      included,
    ),
  };
}

/** A condition of the selection by a variable that is given, or that has a default. */
function directive(variables: Variables, draw: Draw): readonly [string, string] {
  const isShown = draw(true, false);
  variables.definitions.push(`$if${variables.definitions.length}: Boolean! = ${String(isShown)}`);
  return [` @include(if: $if${variables.definitions.length - 1})`, ` @include(if: ${String(isShown)})`];
}

/** Of several operations the chosen one alone is carried out. */
const OTHERS = [
  'query Before($out: Int! = 1) { version(id: $out) { id } }',
  'mutation After($out: String) { updateShot(id: 1, input: { description: $out, code: "never said" }) { id } }',
];

function documents(
  form: Form,
  isMutation: boolean,
  definitions: readonly string[],
  fields: readonly SaidField[],
): { withVariables: string; plain: string } {
  const [kind, root] = isMutation ? ['mutation', 'Mutation'] : ['query', 'Query'];
  const documentOf = (defined: string, texts: readonly string[]): string => {
    const head = `${kind} Chosen${defined}`;
    const body = texts.join('\n');
    if (form === 'fragments') return `${head} { ...Some }\nfragment Some on ${root} { ${body} }`;
    const chosen = `${head} { ${body} }`;
    return form === 'one operation' ? chosen : [OTHERS[0], chosen, OTHERS[1]].join('\n');
  };
  return {
    withVariables: documentOf(
      definitions.length > 0 ? `(${definitions.join(', ')})` : '',
      fields.map(({ withVariables }) => withVariables),
    ),
    plain: documentOf(
      '',
      fields.map(({ plain }) => plain),
    ),
  };
}

function fieldOf(schema: GraphQLSchema, root: string, name: string): GraphQLField<unknown, unknown> {
  const type = schema.getType(root);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  if (field === undefined) throw new Error(`${root} has no ${name}`);
  return field;
}
