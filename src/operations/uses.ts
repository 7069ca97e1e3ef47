import {
  type ASTNode,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  typeFromAST,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** A part of the schema that a document uses, at one of its nodes. */
export interface Use {
  readonly node: ASTNode;
  readonly type: string;
  /** A field of an object or an input, or a value of an enum; null for the type itself. */
  readonly member: string | null;
  readonly argument: string | null;
  /** The variable whose values may hold it, where no value is written. */
  readonly variable: string | null;
}

/** What a document uses of a schema that it fits. */
export function usesIn(document: DocumentNode, schema: GraphQLSchema): readonly Use[] {
  const uses: Use[] = [];
  const add = (node: ASTNode, type: string | undefined, more: Partial<Omit<Use, 'node' | 'type'>>): void => {
    if (type !== undefined) uses.push({ node, type, member: null, argument: null, variable: null, ...more });
  };
  const info = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(info, {
    Field: (node) => add(node, info.getParentType()?.name, { member: node.name.value }),
    Argument(node) {
      const member = info.getFieldDef()?.name ?? null;
      if (info.getDirective() === null || info.getDirective() === undefined)
        add(node, info.getParentType()?.name, { member, argument: node.name.value });
    },
    ObjectField(node) {
      const parent = info.getParentInputType();
      add(node, parent ? getNamedType(parent).name : undefined, { member: node.name.value });
    },
    EnumValue(node) {
      const type = info.getInputType();
      add(node, type ? getNamedType(type).name : undefined, { member: node.value });
    },
    NamedType: (node) => add(node, node.name.value, {}),
    VariableDefinition(node) {
      const type = typeFromAST(schema, node.type);
      const named = type === undefined ? undefined : getNamedType(type);
      for (const member of membersOf(named))
        add(node, named?.name, { member, variable: node.variable.name.value });
    },
  });
  visit(document, visitor);
  return uses;
}

const membersOf = (type: unknown): readonly string[] => {
  if (isInputObjectType(type)) return Object.keys(type.getFields());
  return isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
};

type Member = GraphQLField<unknown, unknown> | GraphQLInputField | GraphQLArgument;

/** The type that a schema gives to a used part, and whether it is deprecated; undefined if the schema has no such part. */
export function formOf(
  { type: name, member, argument }: Use,
  schema: GraphQLSchema,
): { readonly type: string; readonly deprecated: string | null } | undefined {
  const type = schema.getType(name);
  if (type === undefined || member === null) return type && { type: name, deprecated: null };
  if (isEnumType(type)) {
    const value = type.getValue(member);
    return value ? { type: name, deprecated: value.deprecationReason ?? null } : undefined;
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return undefined;
  const field = type.getFields()[member];
  const found: Member | undefined =
    argument === null || field === undefined || !('args' in field)
      ? field
      : field.args.find((each) => each.name === argument);
  return found && { type: String(found.type), deprecated: found.deprecationReason ?? null };
}

/** `Version.sgStatusList`, `Query.versions(first:)`, or `Version`. */
export const printUse = ({ type, member, argument }: Use): string =>
  `${type}${member === null ? '' : `.${member}`}${argument === null ? '' : `(${argument}:)`}`;
