import { type ClassType, Field, Int, ObjectType, Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import type { FieldInfo } from '../../query/ports/ports.ts';
import { readFieldInfo } from '../../shotgun/calls/field-info.ts';
import type { ExposedField } from '../../site/expose.ts';
import { typeNamed } from './follow-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { addOperation } from '../resolve/own-resolvers.ts';
import { JsonScalar } from '../types/scalars.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

interface FieldInfoArguments {
  readonly type: string;
  readonly field: string;
  readonly projectId?: number | null;
}

/** The root field `fieldInfo`: data for a form's field, as the person may use it in a project (API 7). */
export function createFieldInfoResolver(parts: SchemaParts): NamedClass {
  const info = fieldInfoType();
  const queries = namedClass('FieldInfoQueries');
  addOperation<FieldInfoArguments>(queries, {
    kind: 'query',
    name: 'fieldInfo',
    description: 'Legal values, their display names, and whether you may change the field. One call.',
    args: [
      { name: 'type', type: () => String, description: 'Name of the entity type.' },
      { name: 'field', type: () => String, description: 'Name of the field in this API or in ShotGrid.' },
      {
        name: 'projectId',
        type: () => Int,
        nullable: true,
        description: 'Marks the values that this project hides.',
      },
    ],
    returns: () => info,
    async run({ args, context }) {
      const { type, field } = fieldOf(parts, args);
      const projectId = args.projectId ?? null;
      const told = await context.site.call(readFieldInfo({ type, field: field.name, projectId }));
      return infoNode(parts, field, told);
    },
  });
  Resolver()(queries);
  return queries;
}

function fieldInfoType(): ClassType {
  @ObjectType({ description: 'A legal value of a list or status field.' })
  class FieldChoice {
    @Field(() => String, { description: 'The value that is read and written.' })
    value!: string;

    @Field(() => String, { description: 'The display name.' })
    label!: string;

    @Field(() => Boolean, {
      description: 'True if the project does not offer the value. Rows may still have it.',
    })
    hidden!: boolean;
  }

  @ObjectType('FieldInfo', { description: 'A field of an entity type.' })
  class FieldInfoType {
    @Field(() => String)
    name!: string;

    @Field(() => String)
    systemName!: string;

    @Field(() => String)
    displayName!: string;

    @Field(() => String)
    description!: string;

    @Field(() => String)
    dataType!: string;

    @Field(() => String, { nullable: true })
    unit!: string | null;

    @Field(() => Boolean, { description: 'Whether you may change the field.' })
    editable!: boolean;

    @Field(() => [FieldChoice])
    choices!: FieldChoice[];

    @Field(() => [String], { description: 'The types that a link may hold. Empty means any type.' })
    types!: string[];

    @Field(() => JsonScalar, { nullable: true })
    defaultValue!: unknown;
  }
  return FieldInfoType;
}

/**
 * Resolves a field by its GraphQL or ShotGrid name.
 *
 * @throws AppError BAD_USER_INPUT for an unknown type or field
 */
export function fieldOf(
  parts: SchemaParts,
  args: Pick<FieldInfoArguments, 'type' | 'field'>,
): { type: string; field: ExposedField } {
  const type = typeNamed(parts, args.type, 'type');
  const { fields } = parts.schema.types.get(type) ?? { fields: new Map<string, ExposedField>() };
  const field = fields.get(parts.schema.names.systemField(type, args.field) ?? args.field);
  if (field !== undefined) return { type, field };
  throw new AppError('BAD_USER_INPUT', {
    message: `${args.type} has no such field. Take its name from the schema, or its system name.`,
    details: { path: 'field', value: args.field },
  });
}

function infoNode(parts: SchemaParts, field: ExposedField, told: FieldInfo): object {
  const hidden = new Set(told.hiddenValues);
  return {
    name: field.graphqlName,
    systemName: field.name,
    displayName: field.displayName,
    description: field.description,
    dataType: field.dataType,
    unit: field.valueType.unit,
    editable: told.editable && !field.readOnly,
    choices: told.validValues.map((value) => ({
      value,
      label: told.displayValues.get(value) ?? value,
      hidden: hidden.has(value),
    })),
    types: told.validTypes.flatMap((type) => parts.schema.types.get(type)?.graphqlName ?? []),
    defaultValue: told.defaultValue,
  };
}
