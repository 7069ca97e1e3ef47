import { type ClassType, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { LINK_TYPES } from '../../query/decode/file-values.ts';

/** `Url`: the value of a file field. */
export function createFileType(): ClassType {
  const linkType = Object.fromEntries(LINK_TYPES.map((type) => [type.toUpperCase(), type]));
  registerEnumType(linkType, {
    name: 'FileLinkType',
    description: 'An uploaded file, a web address, or a file on a local storage of the studio.',
  });
  @ObjectType({ description: 'A file or a web link.', simpleResolvers: true })
  class Url {
    @Field(() => String, {
      nullable: true,
      description: 'Short-lived: fetch it at once and do not store it. Null for a file on a local storage.',
    })
    url!: string | null;

    @Field(() => String, { nullable: true })
    name!: string | null;

    @Field(() => String, { nullable: true })
    contentType!: string | null;

    @Field(() => linkType, { nullable: true })
    linkType!: string | null;

    @Field(() => String, { nullable: true, description: 'Name of the local storage.' })
    localStorage!: string | null;

    @Field(() => String, { nullable: true, description: 'Path within the local storage.' })
    localPath!: string | null;

    @Field(() => String, { nullable: true, description: 'The full path on Mac.' })
    localPathMac!: string | null;

    @Field(() => String, { nullable: true, description: 'The full path on Windows.' })
    localPathWindows!: string | null;

    @Field(() => String, { nullable: true, description: 'The full path on Linux.' })
    localPathLinux!: string | null;

    @Field(() => Int, { nullable: true, description: 'Id of the Attachment.' })
    id!: number | null;
  }
  return Url;
}

/** `Image`: the value of a thumbnail field. */
export function createImageType(): ClassType {
  const state = { PENDING: 'PENDING', READY: 'READY', UNAVAILABLE: 'UNAVAILABLE' };
  registerEnumType(state, {
    name: 'ImageState',
    description:
      'Whether ShotGrid has made the picture, is still making it from the upload, or cannot make one.',
  });
  @ObjectType({ description: 'A thumbnail. Only an upload can set it.', simpleResolvers: true })
  class Image {
    @Field(() => String, {
      nullable: true,
      description:
        'Short-lived: show it at once and do not store it. Null while the picture is PENDING (ask again later), and if it is UNAVAILABLE.',
    })
    url!: string | null;

    @Field(() => state)
    state!: string;
  }
  return Image;
}
