import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { LINK_TYPES } from '../../query/decode/file-values.ts';
import { type NamedClass, namedClass } from './named-class.ts';

const optional = { nullable: true };

/** `Url`: the value of a file field. */
export function createFileType(): NamedClass {
  const file = namedClass('Url');
  const linkType = Object.fromEntries(LINK_TYPES.map((type) => [type.toUpperCase(), type]));
  registerEnumType(linkType, {
    name: 'FileLinkType',
    description: 'An uploaded file, an address in the web, or a file on a storage of the studio.',
  });
  Field(() => String, {
    nullable: true,
    description: 'Short-lived: fetch it at once, never keep it. Null for a file on a local storage.',
  })(file.prototype, 'url');
  for (const name of ['name', 'contentType']) Field(() => String, optional)(file.prototype, name);
  Field(() => linkType, optional)(file.prototype, 'linkType');
  Field(() => String, { nullable: true, description: 'Name of the local storage.' })(
    file.prototype,
    'localStorage',
  );
  Field(() => String, { nullable: true, description: 'Path within the local storage.' })(
    file.prototype,
    'localPath',
  );
  for (const system of ['Mac', 'Windows', 'Linux']) {
    Field(() => String, { nullable: true, description: `The whole path as ${system} has it.` })(
      file.prototype,
      `localPath${system}`,
    );
  }
  Field(() => Int, { nullable: true, description: 'Id of the Attachment.' })(file.prototype, 'id');
  ObjectType('Url', { description: 'A file or a web link.', simpleResolvers: true })(file);
  return file;
}

/** `Image`: the value of a thumbnail field. */
export function createImageType(): NamedClass {
  const image = namedClass('Image');
  const state = { PENDING: 'PENDING', READY: 'READY', UNAVAILABLE: 'UNAVAILABLE' };
  registerEnumType(state, {
    name: 'ImageState',
    description:
      'Whether ShotGrid has made the picture, still makes it from what was uploaded, or can make none of it.',
  });
  Field(() => String, {
    nullable: true,
    description:
      'Short-lived: show it at once, never keep it. Null while the picture is PENDING: ask again. Null where it is UNAVAILABLE.',
  })(image.prototype, 'url');
  Field(() => state)(image.prototype, 'state');
  ObjectType('Image', {
    description: 'A thumbnail. It is set by upload only.',
    simpleResolvers: true,
  })(image);
  return image;
}
