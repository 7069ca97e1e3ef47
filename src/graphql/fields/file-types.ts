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

    @Field(() => DateTimeScalar, { nullable: true, description: 'Request a new address after that time.' })
    expiresAt!: string | null;
  }

  @ObjectType({
    description:
      'An upload that has begun. Only you can complete it, and only for the record and field that you requested it for.',
    simpleResolvers: true,
  })
  class Upload {
    @Field(() => ID)
    id!: string;

    @Field(() => Int)
    partCount!: number;

    @Field(() => [UploadPart], {
      description: 'The first parts. Request the others with requestUploadParts when they are needed.',
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
        'Null for a thumbnail, if you may not see it, or if several attachments arrived at the same time and any of them could be it.',
    })
    attachment!: object | null;

    @Field(() => file, {
      nullable: true,
      description: 'Null for a thumbnail, or if it is unknown which attachment it is.',
    })
    file!: object | null;

    @Field(() => Boolean, {
      description:
        'True if the storage has the file in its full size. False for a thumbnail, which ShotGrid makes later, if the storage did not answer, or if it is unknown which attachment it is.',
    })
    verified!: boolean;
  }
  return { part: UploadPart, upload: Upload, completed: CompletedUpload };
}
