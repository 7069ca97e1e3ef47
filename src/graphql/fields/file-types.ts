import { type ClassType, Field, ID, Int, ObjectType } from 'type-graphql';
import { BytesScalar, DateTimeScalar } from '../types/scalars.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

/** The object types of uploads. */
export interface FileTypes {
  readonly upload: ClassType;
  readonly part: ClassType;
  readonly completed: ClassType;
}

/** Declares the object types of uploads. */
export function createFileTypes({ entity, file, types }: SchemaParts): FileTypes {
  @ObjectType({ description: 'A part of a file, or all of it.', simpleResolvers: true })
  class UploadPart {
    @Field(() => Int, { description: 'From 1.' })
    number!: number;

    @Field(() => BytesScalar, { description: 'Where the part begins in the file.' })
    offset!: number;

    @Field(() => BytesScalar)
    sizeBytes!: number;

    @Field(() => String, {
      description:
        'PUT the bytes of the part here, without cookies and with no header but Content-Type, and keep the ETag of the answer. A secret until it expires.',
    })
    address!: string;

    @Field(() => DateTimeScalar, { nullable: true, description: 'Ask for the address again after that.' })
    expiresAt!: string | null;
  }

  @ObjectType({
    description: 'An upload that has begun. Only you can complete it, and only for what you asked it for.',
    simpleResolvers: true,
  })
  class Upload {
    @Field(() => ID)
    id!: string;

    @Field(() => Int)
    partCount!: number;

    @Field(() => [UploadPart], {
      description: 'The first parts. Ask for the others with requestUploadParts when their turn comes.',
    })
    parts!: UploadPart[];
  }

  @ObjectType({ simpleResolvers: true })
  class CompletedUpload {
    @Field(() => entity, { description: 'The record that has the file now.' })
    entity!: object;

    @Field(() => types.get('Attachment') ?? entity, {
      nullable: true,
      description:
        'Null for a thumbnail, where you may not see it, and where several came at once that may be it.',
    })
    attachment!: object | null;

    @Field(() => file, {
      nullable: true,
      description: 'Null for a thumbnail, and where it is not known which attachment it is.',
    })
    file!: object | null;

    @Field(() => Boolean, {
      description:
        'Whether the file was found in the storage in its size. False for a thumbnail, which ShotGrid makes later, where the storage did not answer, and where it is not known which attachment it is.',
    })
    verified!: boolean;
  }
  return { part: UploadPart, upload: Upload, completed: CompletedUpload };
}
