import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** A document with a variable `$v` at a place that takes a value of an input type. */
export interface InputPlace {
  /** Name of the named input type. */
  readonly typeName: string;
  /** Type of the variable, as the place has it. */
  readonly type: GraphQLInputType;
  /** Where it stands, such as `versions.filter.id`. */
  readonly place: string;
  readonly isMutation: boolean;
  readonly document: string;
}

interface Found {
  readonly type: GraphQLInputType;
  readonly place: string;
  /** The argument's literal around the text of the value. */
  readonly around: (value: string) => string;
}

/** The shortest way to each input type of a schema, from an argument of a root field: every type stands somewhere. */
export function inputPlaces(schema: GraphQLSchema): InputPlace[] {
  const places = new Map<string, InputPlace>();
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    const isMutation = root === schema.getMutationType();
    for (const field of Object.values(root?.getFields() ?? {})) {
      for (const argument of field.args) {
        for (const found of below(argument, `${field.name}.${argument.name}`, places)) {
          const typeName = getNamedType(found.type).name;
          const { type, place } = found;
          const document = documentOf({ isMutation, field, argument, found });
          places.set(typeName, { typeName, type, place, isMutation, document });
        }
      }
    }
  }
  return [...places.values()];
}

/** Places at and below an argument whose types have none yet, nearest first. */
function below(argument: GraphQLArgument, place: string, known: ReadonlyMap<string, unknown>): Found[] {
  const seen = new Set(known.keys());
  const results: Found[] = [];
  let level: Found[] = [{ type: argument.type, place, around: (value) => value }];
  while (level.length > 0) {
    const fresh = level.filter(({ type }) => {
      const { name } = getNamedType(type);
      const isFresh = !seen.has(name);
      seen.add(name);
      return isFresh;
    });
    results.push(...fresh);
    level = fresh.flatMap((found) => partsOf(found));
  }
  return results;
}

function partsOf({ type, place, around }: Found): Found[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [];
  const fields = Object.values(named.getFields());
  return fields.map((field) => {
    const others = fields
      .filter((other) => other !== field && isRequiredInputField(other))
      .map((other) => `${other.name}: ${sampleOf(other.type)}`);
    const inList = (text: string): string => (isListType(getNullableType(type)) ? `[${text}]` : text);
    return {
      type: field.type,
      place: `${place}.${field.name}`,
      around: (value) => around(inList(`{ ${[`${field.name}: ${value}`, ...others].join(', ')} }`)),
    };
  });
}

interface Placed {
  readonly isMutation: boolean;
  readonly field: GraphQLField<unknown, unknown>;
  readonly argument: GraphQLArgument;
  readonly found: Found;
}

function documentOf({ isMutation, field, argument, found }: Placed): string {
  const others = field.args
    .filter((other) => other !== argument && isRequiredArgument(other))
    .map((other) => `${other.name}: ${sampleOf(other.type)}`);
  const args = [`${argument.name}: ${found.around('$v')}`, ...others].join(', ');
  const type = getNamedType(field.type);
  // A list is searched only where rows of it are selected.
  const isConnection = isObjectType(type) && 'nodes' in type.getFields();
  const ofRow = isCompositeType(type) ? ' { __typename }' : '';
  const selection = isConnection ? ` { nodes${ofRow} }` : ofRow;
  const kind = isMutation ? 'mutation' : 'query';
  return `${kind} ($v: ${String(found.type)}) { ${field.name}(${args})${selection} }`;
}

/** A value that the type takes, as it is written in a document. */
function sampleOf(type: GraphQLInputType): string {
  const given = getNullableType(type);
  if (isListType(given)) return `[${sampleOf(given.ofType)}]`;
  const named = getNamedType(given);
  if (isInputObjectType(named)) {
    const needed = Object.values(named.getFields()).filter((field) => isRequiredInputField(field));
    return `{ ${needed.map((field) => `${field.name}: ${sampleOf(field.type)}`).join(', ')} }`;
  }
  if ('getValues' in named) return named.getValues()[0]?.name ?? '';
  return SAMPLES[named.name] ?? '"Shot"';
}

const SAMPLES: Readonly<Record<string, string>> = { Int: '1', SafeInt: '1', Float: '1.5', Boolean: 'true' };
