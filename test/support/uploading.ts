import type { SiteWorld } from './site-world.ts';

const REQUEST = `mutation ($entity: EntityRefInput!, $field: String, $fileName: String!, $sizeBytes: SafeInt!) {
  requestUpload(entity: $entity, field: $field, fileName: $fileName, sizeBytes: $sizeBytes) {
    id partCount parts { number offset sizeBytes address expiresAt }
  }
}`;
export const PARTS = `mutation ($upload: ID!, $from: Int!, $count: Int!) {
  requestUploadParts(upload: $upload, from: $from, count: $count) { number offset sizeBytes address }
}`;
const COMPLETE = `mutation ($upload: ID!, $etags: [String!]!, $displayName: String) {
  completeUpload(upload: $upload, etags: $etags, displayName: $displayName) {
    entity { id type ... on Version { code sgUploadedMovie { url name linkType id } } }
    attachment { id type ... on Attachment { displayName attachmentLinks { id type } } }
    file { id name linkType url contentType }
    verified
  }
}`;

export interface Part {
  readonly number: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly address: string;
}

/** Sends a part as a browser does, and gives its ETag. */
export async function put({ address }: Part, bytes: Uint8Array): Promise<string> {
  const answer = await fetch(address, {
    method: 'PUT',
    body: bytes,
    headers: { 'content-type': 'video/mp4' },
  });
  if (!answer.ok) throw new Error(`the storage answered ${answer.status}`);
  return answer.headers.get('etag') ?? '';
}

export const sliceOf = (bytes: Uint8Array, { offset, sizeBytes }: Part): Uint8Array =>
  bytes.subarray(offset, offset + sizeBytes);

/** Uploads to Versions of the demo studio. */
export interface Uploader {
  /** A Version of Mira's. */
  readonly versionId: number;
  /** Another, into which no movie is uploaded. */
  readonly stillId: number;
  /** What to ask for to upload a movie to the Version, and what is different this time. */
  movie(sizeBytes: number, more?: object): object;
  // Tests name what they expect; the type of the answers would only repeat the schema.
  // oxlint-disable-next-line typescript/no-explicit-any
  request(variables: object, as?: string): Promise<{ upload: any; error: any }>;
  // oxlint-disable-next-line typescript/no-explicit-any
  complete(upload: string, etags: readonly string[], more?: object): Promise<{ done: any; error: any }>;
}

export async function createUploader(world: SiteWorld): Promise<Uploader> {
  const { data } = await world.ask(
    '{ versions(first: 2, filter: { user: { is: { type: "HumanUser", id: 31 } } }) { nodes { id } } }',
  );
  const [versionId, stillId] = data.versions.nodes.map(({ id }: { id: number }) => id);
  return {
    versionId,
    stillId,
    movie: (sizeBytes, more = {}) => ({
      entity: { type: 'Version', id: versionId },
      field: 'sgUploadedMovie',
      fileName: 'bridge_0040_v007.mp4',
      sizeBytes,
      ...more,
    }),
    async request(variables, as = 'mira') {
      const answer = await world.ask(REQUEST, { variables: { ...variables }, as });
      return { upload: answer.data?.requestUpload, error: answer.errors[0]?.extensions };
    },
    async complete(upload, etags, more = {}) {
      const { as, ...variables } = { as: 'mira', ...more };
      const answer = await world.ask(COMPLETE, { variables: { upload, etags, ...variables }, as });
      return { done: answer.data?.completeUpload, error: answer.errors[0]?.extensions };
    },
  };
}
