import { Field, ID, Int, ObjectType } from 'type-graphql';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { BytesScalar, DateTimeScalar } from '../types/scalars.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

export interface FileTypes {
  readonly upload: NamedClass;
  readonly part: NamedClass;
  readonly completed: NamedClass;
}

/** The types of uploads. */
export function createFileTypes(parts: SchemaParts): FileTypes {
  const part = partType();
  return { part, upload: uploadType(part), completed: completedType(parts) };
}

function partType(): NamedClass {
  const part = namedClass('UploadPart');
  Field(() => Int, { description: 'From 1.' })(part.prototype, 'number');
  Field(() => BytesScalar, { description: 'Where the part begins in the file.' })(part.prototype, 'offset');
  Field(() => BytesScalar)(part.prototype, 'sizeBytes');
  Field(() => String, {
    description:
      'PUT the bytes of the part here, without cookies and with no header but Content-Type, and keep the ETag of the answer. A secret until it expires.',
  })(part.prototype, 'address');
  Field(() => DateTimeScalar, { nullable: true, description: 'Ask for the address anew after that.' })(
    part.prototype,
    'expiresAt',
  );
  ObjectType('UploadPart', { description: 'A part of a file, or all of it.', simpleResolvers: true })(part);
  return part;
}

function uploadType(part: NamedClass): NamedClass {
  const upload = namedClass('Upload');
  Field(() => ID)(upload.prototype, 'id');
  Field(() => Int)(upload.prototype, 'partCount');
  Field(() => [part], {
    description: 'The first parts. Ask for the others with requestUploadParts when their turn comes.',
  })(upload.prototype, 'parts');
  ObjectType('Upload', {
    description: 'An upload that has begun. Only you can complete it, and only for what you asked it for.',
    simpleResolvers: true,
  })(upload);
  return upload;
}

function completedType({ entity, file, types }: SchemaParts): NamedClass {
  const completed = namedClass('CompletedUpload');
  Field(() => entity, { description: 'The record that has the file now.' })(completed.prototype, 'entity');
  Field(() => types.get('Attachment') ?? entity, {
    nullable: true,
    description:
      'Null for a thumbnail, where you may not see it, and where several came at once that may be it.',
  })(completed.prototype, 'attachment');
  Field(() => file, {
    nullable: true,
    description: 'Null for a thumbnail, and where it is not known which attachment it is.',
  })(completed.prototype, 'file');
  Field(() => Boolean, {
    description:
      'Whether the file was found in the storage in its size. False for a thumbnail, which ShotGrid makes later, where the storage did not answer, and where it is not known which attachment it is.',
  })(completed.prototype, 'verified');
  ObjectType('CompletedUpload', { simpleResolvers: true })(completed);
  return completed;
}
