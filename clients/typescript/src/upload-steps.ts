import type { Client } from './client.ts';
import { Problem } from './problem.ts';
import { type Fields, fieldsOf, listOf, numberOf } from './read.ts';

export interface UploadPart {
  /** From 1. */
  readonly number: number;
  readonly offset: number;
  readonly sizeBytes: number;
  /** A secret while it lives: it is neither kept nor logged. */
  readonly address: string;
}

export interface BegunUpload {
  readonly id: string;
  readonly partCount: number;
  readonly parts: readonly UploadPart[];
}

/** What is asked of the server for an upload. A page with a cache of its own asks by its own client. */
export interface UploadSteps<Result> {
  /** Where the file goes, and whose upload it is: what was kept goes on only with the same. */
  readonly target: readonly unknown[];
  request(file: Blob & { readonly name: string }): Promise<BegunUpload>;
  /** Addresses of parts. From 1 on the upload starts again, and all parts have to be sent again. */
  parts(upload: string, from: number, count: number): Promise<readonly UploadPart[]>;
  complete(upload: string, etags: readonly string[]): Promise<Result>;
  cancel(upload: string): Promise<unknown>;
}

/** The operations of an upload, for the list of a tool: they are also in the folder `operations` of this package. */
export const UPLOAD_OPERATIONS = {
  RequestUpload: `mutation RequestUpload($entity: EntityRefInput!, $field: String, $fileName: String!, $sizeBytes: SafeInt!) {
  requestUpload(entity: $entity, field: $field, fileName: $fileName, sizeBytes: $sizeBytes) {
    id
    partCount
    parts {
      number
      offset
      sizeBytes
      address
    }
  }
}
`,
  RequestUploadParts: `mutation RequestUploadParts($upload: ID!, $from: Int!, $count: Int!) {
  requestUploadParts(upload: $upload, from: $from, count: $count) {
    number
    offset
    sizeBytes
    address
  }
}
`,
  CompleteUpload: `mutation CompleteUpload($upload: ID!, $etags: [String!]!) {
  completeUpload(upload: $upload, etags: $etags) {
    verified
    entity {
      id
      type
    }
  }
}
`,
  CancelUpload: `mutation CancelUpload($upload: ID!) {
  cancelUpload(upload: $upload)
}
`,
} as const;

/** The row that gets the file; without a field it becomes an attachment. */
export interface UploadTarget {
  readonly entity: { readonly type: string; readonly id: number };
  readonly field?: string;
}

/** Asks by the operations above. */
export function uploadSteps(client: Client, { entity, field }: UploadTarget): UploadSteps<Fields> {
  const ask = async (name: keyof typeof UPLOAD_OPERATIONS, variables: Fields): Promise<unknown> => {
    const { data, problems } = await client.ask(UPLOAD_OPERATIONS[name], variables, { operationName: name });
    const [problem] = problems;
    if (problem !== undefined) throw problem;
    return Object.values(data)[0];
  };
  return {
    get target() {
      const { who } = client.session.state();
      return [entity, field, who?.issuer, who?.subject];
    },
    async request({ name: fileName, size: sizeBytes }) {
      return begunOf(await ask('RequestUpload', { entity, field: field ?? null, fileName, sizeBytes }));
    },
    parts: async (upload, from, count) => partsOf(await ask('RequestUploadParts', { upload, from, count })),
    complete: async (upload, etags) => fieldsOf(await ask('CompleteUpload', { upload, etags })),
    cancel: (upload) => ask('CancelUpload', { upload }),
  };
}

const BROKEN = 'The upload could not begin.';

/** Reads the answer to `requestUpload`. @throws Problem if there is none */
export function begunOf(value: unknown): BegunUpload {
  const { id, partCount, parts } = fieldsOf(value);
  if (typeof id !== 'string') throw new Problem('INTERNAL', { message: BROKEN });
  return { id, partCount: numberOf(partCount), parts: partsOf(parts) };
}

const partsOf = (value: unknown): readonly UploadPart[] => listOf(value) as readonly UploadPart[];
