import type { ExposedField, ExposedSchema, ExposedType } from '../../src/site/expose.ts';
import type { SiteWorld } from './site-world.ts';
import type { TwinCall } from './twin-calls.ts';

const MIB = 1024 * 1024;
const NAMES = ['notes.txt', 'still.png', 'take.mov', 'mesh.abc'];
const CONTENT = { 'content-type': 'application/octet-stream' };

/** A file for a row: into one of its fields, or attached to it. */
export interface TwinUpload {
  readonly type: ExposedType;
  readonly id: number;
  readonly field: ExposedField | null;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** Where files of a type may go; null is attached to the row. */
export const placesOf = ({ types }: ExposedSchema, type: ExposedType): readonly (ExposedField | null)[] => [
  ...(types.get('Attachment')?.fields.get('attachment_links')?.validTypes.includes(type.type) === true
    ? [null]
    : []),
  ...[...type.fields.values()].filter(
    ({ dataType, readOnly, createOnly, name, validTypes }) =>
      !readOnly &&
      !createOnly &&
      (dataType === 'url' ||
        dataType === 'image' ||
        (name === 'attachments' && dataType === 'multi_entity' && validTypes.includes('Attachment'))),
  ),
];

/** @param places of files of the type */
export function uploadOf(
  { type, id }: Pick<TwinUpload, 'type' | 'id'>,
  places: readonly (ExposedField | null)[],
  given: readonly number[],
): TwinUpload {
  const [first = 0, second = 0, third = 0] = given;
  const field = places[first % places.length] ?? null;
  const isField = field?.dataType === 'url' || field?.dataType === 'image';
  // What is attached goes up in one piece.
  const isInParts = isField && third % 4 === 3;
  const bytes = new Uint8Array(isInParts ? 5 * MIB + 10 : 1 + second).fill(1 + first + second);
  return { type, id, field, fileName: NAMES[second % NAMES.length] ?? 'a.bin', bytes };
}

const isInParts = ({ bytes }: TwinUpload): boolean => bytes.length > 5 * MIB;

/** Begins the upload and sends the bytes through us; null where it is refused. */
export async function sendThroughUs(
  world: SiteWorld,
  as: string,
  upload: TwinUpload,
): Promise<{ readonly id: string; readonly etags: readonly string[] } | null> {
  const { type, id, field, fileName, bytes } = upload;
  const document = `mutation ($entity: EntityRefInput!, $field: String, $fileName: String!, $sizeBytes: SafeInt!) {
    requestUpload(entity: $entity, field: $field, fileName: $fileName, sizeBytes: $sizeBytes) {
      id parts { offset sizeBytes address }
    }
  }`;
  const variables = {
    ...{ entity: { type: type.type, id }, fileName, sizeBytes: bytes.length },
    ...(field !== null && { field: field.graphqlName }),
  };
  const { data, errors } = await world.ask(document, { as, role: as, variables });
  if (errors.length > 0) return null;
  const parts = data.requestUpload.parts as { offset: number; sizeBytes: number; address: string }[];
  const etags: string[] = [];
  for (const { offset, sizeBytes, address } of parts) {
    // As a browser does.
    etags.push(await put(address, bytes.subarray(offset, offset + sizeBytes)));
  }
  return { id: data.requestUpload.id as string, etags };
}

/** The last step of an upload by REST. The site names its path: that of a file of a Note ends in a field (API 6.2). */
export interface RestCompletion {
  readonly method: 'POST';
  readonly path: string;
  readonly body: object;
}

/** The same by REST; null where it is refused before the last step. */
export async function sendByRest(
  siteUrl: string,
  token: string,
  upload: TwinUpload,
): Promise<RestCompletion | null> {
  const { fileName, bytes } = upload;
  const get = async (path: string) => {
    const answer = await fetch(`${siteUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return answer.ok ? ((await answer.json()) as Begun) : null;
  };
  const query = new URLSearchParams({
    filename: fileName,
    ...(isInParts(upload) && { multipart_upload: 'true' }),
  });
  const begun = await get(`/api/v1${pathOf(upload)}?${query.toString()}`);
  if (begun === null) return null;
  const last = (info: object): RestCompletion => ({
    method: 'POST',
    path: begun.links.complete_upload.replace('/api/v1', ''),
    body: { upload_info: info, upload_data: {} },
  });
  if (!isInParts(upload)) {
    await put(begun.links.upload, bytes);
    return last(begun.data);
  }
  const next = await get(begun.links.get_next_part ?? '');
  const etags = [
    await put(begun.links.upload, bytes.subarray(0, 5 * MIB)),
    await put(next?.links.upload ?? '', bytes.subarray(5 * MIB)),
  ];
  return last({ ...begun.data, etags });
}

interface Begun {
  readonly data: object;
  readonly links: {
    readonly upload: string;
    readonly complete_upload: string;
    readonly get_next_part?: string;
  };
}

const pathOf = ({ type, id, field }: TwinUpload): string =>
  `/entity/${type.type}/${id}${field === null ? '' : `/${field.name}`}/_upload`;

async function put(address: string, bytes: Uint8Array): Promise<string> {
  const answer = await fetch(address, { method: 'PUT', headers: CONTENT, body: bytes });
  if (!answer.ok) throw new Error(`the storage answered ${answer.status}`);
  return answer.headers.get('etag') ?? '';
}

/** The last step in both languages. */
export const completionOf = (
  sent: { readonly id: string; readonly etags: readonly string[] },
  byRest: RestCompletion,
): TwinCall => ({
  document: `mutation ($upload: ID!, $etags: [String!]!) {
    completeUpload(upload: $upload, etags: $etags) { entity { id type } verified }
  }`,
  variables: { upload: sent.id, etags: sent.etags },
  ...byRest,
});
