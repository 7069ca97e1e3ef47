import { type ClassType, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { LINK_TYPES } from '../../query/decode/file-values.ts';

/** `Url`: the value of a file field. */
export function createFileType(): ClassType {
  const linkType = Object.fromEntries(LINK_TYPES.map((type) => [type.toUpperCase(), type]));
  registerEnumType(linkType, {
    name: 'FileLinkType',
    description: 'An uploaded file, an address in the web, or a file on a storage of the studio.',
  });
  @ObjectType({ description: 'A file or a web link.', simpleResolvers: true })
  class Url {
    @Field(() => String, {
      nullable: true,
      description: 'Short-lived: fetch it at once, never keep it. Null for a file on a local storage.',
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

    @Field(() => String, { nullable: true, description: 'The whole path as Mac has it.' })
    localPathMac!: string | null;

    @Field(() => String, { nullable: true, description: 'The whole path as Windows has it.' })
    localPathWindows!: string | null;

    @Field(() => String, { nullable: true, description: 'The whole path as Linux has it.' })
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
      'Whether ShotGrid has made the picture, still makes it from what was uploaded, or can make none of it.',
  });
  @ObjectType({ description: 'A thumbnail. It is set by upload only.', simpleResolvers: true })
  class Image {
    @Field(() => String, {
      nullable: true,
      description:
        'Short-lived: show it at once, never keep it. Null while the picture is PENDING: ask again. Null where it is UNAVAILABLE.',
    })
    url!: string | null;

    @Field(() => state)
    state!: string;
  }
  return Image;
}
