import { Field, InputType, Int } from 'type-graphql';
import {
  canCreate,
  linkToCreateWith,
  writableFields,
  type WriteMode,
} from '../../query/write/write-values.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import { describeField } from './describe-field.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { scalarOf } from './scalars.ts';

/** The write inputs of one type. */
export interface WriteInputs {
  /** Null if this type cannot be created here. */
  readonly create: NamedClass | null;
  readonly update: NamedClass;
}

/** The inputs that all types share. */
export interface SharedInputs {
  /** `EntityRefInput`. */
  readonly reference: NamedClass;
  /** `TimeSpanInput` of the filters. */
  readonly timeSpan: NamedClass;
  readonly links: NamedClass;
  readonly file: NamedClass;
}

/** Creates the shared inputs. @param timeUnit the registered enum of time units */
export function createSharedInputs(timeUnit: object): SharedInputs {
  const reference = namedClass('EntityRefInput');
  Field(() => String, { description: 'Name of the type, such as Shot.' })(reference.prototype, 'type');
  Field(() => Int)(reference.prototype, 'id');
  InputType('EntityRefInput')(reference);

  const links = namedClass('MultiLinkInput');
  for (const mode of ['set', 'add', 'remove']) {
    Field(() => [reference], { nullable: true })(links.prototype, mode);
  }
  InputType('MultiLinkInput', {
    description: 'A change of a list of links. Set exactly one of the three fields.',
  })(links);

  const file = namedClass('UrlInput');
  Field(() => String, { nullable: true, description: 'An http or https address.' })(file.prototype, 'url');
  Field(() => String, {
    nullable: true,
    description: 'The full path of a file on a local storage. Only for the path of a published file.',
  })(file.prototype, 'localPath');
  Field(() => String, { nullable: true })(file.prototype, 'name');
  InputType('UrlInput', {
    description: 'Set exactly one of url and localPath. To upload a file, see requestUpload.',
  })(file);

  const timeSpan = namedClass('TimeSpanInput');
  Field(() => Int)(timeSpan.prototype, 'count');
  Field(() => timeUnit)(timeSpan.prototype, 'unit');
  InputType('TimeSpanInput', {
    description: 'A number of hours, days, weeks, months or years, including today.',
  })(timeSpan);
  return { reference, timeSpan, links, file };
}

/** The inputs of a type's create and update; undefined if none of its fields may be written. */
export function createWriteInputs(
  schema: ExposedSchema,
  type: ExposedType,
  shared: SharedInputs,
): WriteInputs | undefined {
  if (type.readOnly || writableFields(type, 'update').length === 0) return undefined;
  return {
    create: canCreate(type) ? createInput(schema, type, shared) : null,
    update: updateInput(schema, type, shared),
  };
}

function createInput(schema: ExposedSchema, type: ExposedType, shared: SharedInputs): NamedClass {
  const create = namedClass(`${type.graphqlName}CreateInput`);
  const needed = linkToCreateWith(type);
  addFields(create, writableFields(type, 'create'), (field) => ({
    type: inputTypeOf(field, shared, 'create'),
    nullable: field.name !== needed,
    description: describeField(field, schema),
  }));
  InputType(`${type.graphqlName}CreateInput`)(create);
  return create;
}

function updateInput(schema: ExposedSchema, type: ExposedType, shared: SharedInputs): NamedClass {
  const update = namedClass(`${type.graphqlName}UpdateInput`);
  addFields(update, writableFields(type, 'update'), (field) => ({
    type: inputTypeOf(field, shared, 'update'),
    nullable: true,
    description: describeField(field, schema),
  }));
  InputType(`${type.graphqlName}UpdateInput`, { description: 'Fields that are left out stay as they are.' })(
    update,
  );
  return update;
}

function addFields(
  input: NamedClass,
  fields: readonly ExposedField[],
  shapeOf: (field: ExposedField) => InputField,
): void {
  for (const field of fields) {
    const { type, ...options } = shapeOf(field);
    Field(() => type, options)(input.prototype, field.graphqlName);
  }
}

interface InputField {
  readonly type: object;
  readonly nullable: boolean;
  readonly description: string;
}

function inputTypeOf(field: ExposedField, shared: SharedInputs, mode: WriteMode): object {
  switch (field.valueType.write) {
    case 'link':
      return shared.reference;
    case 'links':
      return mode === 'create' ? [shared.reference] : shared.links;
    case 'file':
      return shared.file;
    default: {
      const scalar = scalarOf(field);
      if (scalar === undefined) throw new Error(`No write takes a field of the type ${field.dataType}.`);
      return scalar;
    }
  }
}
