import { ID, Int, Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import { fileValue } from '../../query/decode/file-values.ts';
import { type LinkInput, linkOf } from '../../query/input/links.ts';
import { updateRecord } from '../../shotgun/calls/write.ts';
import { type ExposedField, type ExposedType, isClosedByRule } from '../../site/expose.ts';
import type { UploadWork } from '../../upload/upload-port.ts';
import type { GraphqlContext } from '../request/context.ts';
import { fieldOf } from './field-info-resolver.ts';
import { createFileTypes, type FileTypes } from './file-types.ts';
import { changeableRef, refOf } from './follow-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { type Compiled, liveChecked, type SchemaParts } from '../resolve/schema-parts.ts';
import { addOperation, type OperationCall } from '../resolve/own-resolvers.ts';
import { BytesScalar } from '../types/scalars.ts';
import { readWritten, writeAndRead } from '../resolve/write-and-read.ts';

interface RequestArguments {
  readonly entity: LinkInput;
  readonly field?: string | null;
  readonly fileName: string;
  readonly sizeBytes: number;
}

interface CompleteArguments {
  readonly upload: string;
  readonly etags: readonly string[];
  readonly displayName?: string | null;
}

const UPLOAD = { name: 'upload', type: () => ID };
const PARTS_BY_DEFAULT = 10;

/** Uploads: the bytes go from the browser to ShotGrid's storage and never pass through here (API 6). */
export function createFileResolver(parts: SchemaParts): NamedClass {
  const resolver = namedClass('FileMutations');
  const types = createFileTypes(parts);
  addRequest(resolver, parts, types);
  addOperation<{ upload: string; from: number; count: number }>(resolver, {
    kind: 'mutation',
    name: 'requestUploadParts',
    description:
      'Returns addresses of further parts, or new addresses of parts whose addresses have expired. With part 1 the upload starts again, and all parts have to be sent again.',
    args: [
      UPLOAD,
      { name: 'from', type: () => Int, description: 'Number of the first part to get an address for.' },
      { name: 'count', type: () => Int, defaultValue: PARTS_BY_DEFAULT, description: 'At most 50.' },
    ],
    returns: () => [types.part],
    run: ({ args: { upload, ...range }, context }) => context.uploads.parts(workOf(context), upload, range),
  });
  addOperation<CompleteArguments>(resolver, {
    kind: 'mutation',
    name: 'completeUpload',
    description: 'Links the file once all parts are in the storage.',
    args: [
      UPLOAD,
      { name: 'etags', type: () => [String], description: 'The ETag of each part, in order.' },
      {
        name: 'displayName',
        type: () => String,
        nullable: true,
        description: 'The name to show in place of the file name. A thumbnail has none.',
      },
    ],
    returns: () => types.completed,
    run: (call) => complete(parts, call),
  });
  addOperation<{ upload: string }>(resolver, {
    kind: 'mutation',
    name: 'cancelUpload',
    description: 'Drops the upload and the parts that were sent.',
    args: [UPLOAD],
    returns: () => Boolean,
    async run({ args, context }) {
      await context.uploads.cancel(workOf(context), args.upload);
      return true;
    },
  });
  addRemoval(resolver, parts);
  Resolver()(resolver);
  return resolver;
}

function addRemoval(resolver: NamedClass, parts: SchemaParts): void {
  addOperation<{ entity: LinkInput; field: string }>(resolver, {
    kind: 'mutation',
    name: 'removeImage',
    description: 'Removes the thumbnail and its filmstrip.',
    args: [
      { name: 'entity', type: () => parts.reference },
      { name: 'field', type: () => String, defaultValue: 'image' },
    ],
    returns: () => parts.entity,
    async run(call) {
      const { args, context } = call;
      const { type, id } = refOf(parts, args.entity);
      const field = fileField(parts, { type, id }, args.field);
      if (field.valueType.shown !== 'image') throw noFileField(args.field);
      return writeAndRead(parts, call, {
        type,
        async write() {
          // Null is the only value that an image accepts in a write (API 5.3).
          await context.writer.call(updateRecord(type, id, { [field.name]: null }));
          return id;
        },
      });
    },
  });
}

function addRequest(resolver: NamedClass, parts: SchemaParts, types: FileTypes): void {
  addOperation<RequestArguments>(resolver, {
    kind: 'mutation',
    name: 'requestUpload',
    description: 'Begins an upload. Send the parts, then call completeUpload.',
    args: [
      { name: 'entity', type: () => parts.reference, description: 'The record that gets the file.' },
      {
        name: 'field',
        type: () => String,
        nullable: true,
        description:
          'A file or image field, such as sgUploadedMovie. By default the file is attached to the record.',
      },
      { name: 'fileName', type: () => String, description: 'The name without folders.' },
      { name: 'sizeBytes', type: () => BytesScalar },
    ],
    returns: () => types.upload,
    run({ args, context }) {
      const { fileName, sizeBytes } = args;
      const ref = changeableRef(parts, args.entity);
      const isAttached = args.field === null || args.field === undefined;
      const field = isAttached ? null : fileField(parts, ref, args.field);
      const isValue = field?.dataType === 'url' || field?.dataType === 'image';
      // A list of attachments gets a new Attachment, too.
      if (!isValue) assertTakesAttachments(parts, ref);
      return context.uploads.request(workOf(context), {
        target: { ...ref, field: field?.name ?? null },
        dataType: field?.dataType ?? null,
        fileName,
        sizeBytes,
        ...(!isValue && { settle: attachmentLink(parts, context, ref).settle }),
      });
    },
  });
}

/**
 * An attached file is a row of its own that links to the record. The link is used to find it again.
 *
 * @throws AppError BAD_USER_INPUT if records of this type take no attachments
 */
function attachmentLink(parts: SchemaParts, context: GraphqlContext, ref: LinkInput): Compiled<unknown> {
  const type = parts.schema.types.get('Attachment');
  const field = type?.fields.get('attachment_links');
  return liveChecked(parts, context, (checks) =>
    type === undefined || field === undefined
      ? ref
      : linkOf({ ...checks, type, field, path: ['entity'] }, ref),
  );
}

/**
 * Attaching creates an Attachment and a link to it. Both appear in fields that may be hidden or read-only.
 *
 * @throws AppError BAD_USER_INPUT
 */
function assertTakesAttachments({ schema }: SchemaParts, { type }: LinkInput): void {
  const attachment = schema.types.get('Attachment');
  const isClosed = (of: ExposedType | undefined, name: string): boolean => {
    const field = of?.fields.get(name);
    return of?.hiddenFields.has(name) === true || (field !== undefined && isClosedByRule(field));
  };
  const takesNone =
    schema.hiddenTypes.has('Attachment') ||
    attachment?.readOnly === true ||
    isClosed(attachment, 'attachment_links') ||
    isClosed(schema.types.get(type), 'attachments');
  if (!takesNone) return;
  throw new AppError('BAD_USER_INPUT', {
    message: 'Files cannot be attached to this record here. Name the field that shall have the file.',
    details: { path: 'entity.type', value: type },
  });
}

/** @throws AppError BAD_USER_INPUT for a field that accepts no file */
function fileField(parts: SchemaParts, { type }: LinkInput, name: string): ExposedField {
  const { field } = fieldOf(parts, { type, field: name });
  const takesFiles =
    ['file', 'image'].includes(field.valueType.shown) ||
    (field.valueType.shown === 'links' && field.validTypes.includes('Attachment'));
  const isChangeable = !field.readOnly && !field.createOnly;
  if (takesFiles && isChangeable && parts.schema.types.get(type)?.readOnly !== true) return field;
  throw noFileField(name);
}

const noFileField = (name: string): AppError =>
  new AppError('BAD_USER_INPUT', {
    message: 'This field takes no such file.',
    details: { path: 'field', value: name },
  });

async function complete(parts: SchemaParts, call: OperationCall<CompleteArguments>): Promise<object> {
  const { args, context, info } = call;
  const { upload, etags, displayName = null } = args;
  const selectionOf = (type: string) => parts.selections.of(info, type, [['entity']]);
  const attached = parts.selections.of(info, 'Attachment', [['attachment']]);
  const isNamed = parts.selections.asks(info, 'name', ['attachment']);
  const done = await context.uploads.complete(workOf(context), upload, {
    etags,
    displayName,
    async beforeLinking({ type }) {
      const isAttachmentRead = attached.fields.size > 0 || isNamed;
      await Promise.all([
        context.reader.reserve(type, selectionOf(type)),
        ...(isAttachmentRead ? [context.reader.reserve('Attachment', attached)] : []),
      ]);
    },
  });
  const { type, id } = done.target;
  const entity = await readWritten(call, { type, id }, selectionOf(type));
  const attachment =
    done.attachmentId === null
      ? null
      : await context.reader.linked(
          { type: 'Attachment', id: done.attachmentId, name: null },
          attached,
          isNamed,
        );
  return { entity, attachment, file: fileOf(done.file), verified: done.isVerified };
}

/** A thumbnail's value is only an address, possibly a placeholder's. */
const fileOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? fileValue(value) : null;

const workOf = ({ files, principal }: GraphqlContext): UploadWork => ({ ...files, person: principal });
