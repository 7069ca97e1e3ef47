import {
  getNullableType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isRequiredInputField,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

/** Values for the required variables of an operation that nobody has given. */
export function sampleVariables(
  { variableDefinitions = [] }: OperationDefinitionNode,
  { schema, entityType }: Sampled,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const samples: Record<string, unknown> = {};
  for (const { variable, type, defaultValue } of variableDefinitions) {
    const { value: name } = variable.name;
    if (type.kind !== Kind.NON_NULL_TYPE || defaultValue !== undefined || Object.hasOwn(given, name))
      continue;
    const known = typeFromAST(schema, type.type);
    if (isInputType(known)) samples[name] = sampleOf(known, name, entityType);
  }
  return samples;
}

interface Sampled {
  readonly schema: GraphQLSchema;
  /** Taken where the name of a type is asked for. */
  readonly entityType: string;
}

function sampleOf(given: GraphQLInputType, name: string, entityType: string): unknown {
  const type = getNullableType(given);
  if (isListType(type)) return [sampleOf(type.ofType, name, entityType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    // Of an input that takes one of its fields, none is required by itself.
    const needed = type.isOneOf ? fields.slice(0, 1) : fields.filter((field) => isRequiredInputField(field));
    return Object.fromEntries(
      needed.map((field) => [field.name, sampleOf(field.type, field.name, entityType)]),
    );
  }
  if (type.name === 'String' && /type$/iu.test(name)) return entityType;
  return SAMPLES.get(type.name) ?? 'sample';
}

const SAMPLES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['Int', 1],
  ['SafeInt', 1],
  ['Float', 1.5],
  ['Boolean', true],
  ['Date', '2026-01-01'],
  ['DateTime', '2026-01-01T00:00:00Z'],
  ['UUID', '00000000-0000-4000-8000-000000000000'],
  ['JSON', {}],
  ['JSONObject', {}],
]);
