import { Field, InputType, Int } from 'type-graphql';
import { writableFields } from '../query/write-values.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../site/expose.ts';
import { describeField } from './describe-field.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { scalarOf } from './scalars.ts';

export interface WriteInputs {
  readonly create: NamedClass;
  readonly update: NamedClass;
}

export interface SharedInputs {
  /** `EntityRefInput`. */
  readonly reference: NamedClass;
  /** `TimeSpanInput` of the filters. */
  readonly timeSpan: NamedClass;
  readonly links: NamedClass;
  readonly file: NamedClass;
}

export function createSharedInputs(timeUnit: object): SharedInputs {
  const reference = namedClass('EntityRefInput');
  Field(() => String, { description: 'Name of the type, such as Shot.' })(reference.prototype, 'type');
  Field(() => Int)(reference.prototype, 'id');
  InputType('EntityRefInput')(reference);

  const links = namedClass('MultiLinkInput');
  for (const mode of ['set', 'add', 'remove']) {
    Field(() => [reference] as never, { nullable: true })(links.prototype, mode);
  }
  InputType('MultiLinkInput', { description: 'A change of a list of links: exactly one of the three.' })(
    links,
  );

  const file = namedClass('UrlInput');
  Field(() => String, { nullable: true, description: 'An http or https address.' })(file.prototype, 'url');
  Field(() => String, {
    nullable: true,
    description: 'The whole path of a file on a local storage; for the path of a PublishedFile only.',
  })(file.prototype, 'localPath');
  Field(() => String, { nullable: true })(file.prototype, 'name');
  InputType('UrlInput', {
    description: 'Exactly one of url and localPath. A file itself is uploaded: see requestUpload.',
  })(file);

  const timeSpan = namedClass('TimeSpanInput');
  Field(() => Int)(timeSpan.prototype, 'count');
  Field(() => timeUnit)(timeSpan.prototype, 'unit');
  InputType('TimeSpanInput', { description: 'So many hours, days, weeks, months or years, today included.' })(
    timeSpan,
  );
  return { reference, timeSpan, links, file };
}

/** The inputs of a type's create and update; undefined where nothing of it may be written. */
export function createWriteInputs(
  schema: ExposedSchema,
  type: ExposedType,
  shared: SharedInputs,
): WriteInputs | undefined {
  const fields = writableFields(type);
  if (type.readOnly || fields.length === 0) return undefined;
  const create = namedClass(`${type.graphqlName}CreateInput`);
  const update = namedClass(`${type.graphqlName}UpdateInput`);
  for (const field of fields) {
    const description = describeField(field, schema);
    // The site can answer a create without project with the id of a row that nobody can read (API 5.5).
    const isRequired = field.name === 'project' && field.dataType === 'entity';
    Field(() => inputTypeOf(field, shared, 'create') as never, { nullable: !isRequired, description })(
      create.prototype,
      field.graphqlName,
    );
    Field(() => inputTypeOf(field, shared, 'update') as never, { nullable: true, description })(
      update.prototype,
      field.graphqlName,
    );
  }
  InputType(`${type.graphqlName}CreateInput`)(create);
  InputType(`${type.graphqlName}UpdateInput`, { description: 'Fields that are left out stay as they are.' })(
    update,
  );
  return { create, update };
}

function inputTypeOf(field: ExposedField, shared: SharedInputs, mode: 'create' | 'update'): unknown {
  if (field.dataType === 'entity') return shared.reference;
  if (field.dataType === 'multi_entity') return mode === 'create' ? [shared.reference] : shared.links;
  return field.dataType === 'url' ? shared.file : scalarOf(field);
}
