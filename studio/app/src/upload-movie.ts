import type { ApolloClient } from '@apollo/client';
import { CANCEL_UPLOAD, COMPLETE_UPLOAD, REQUEST_PARTS, REQUEST_UPLOAD } from './documents.ts';
import type { UploadPartFieldsFragment } from './gql/graphql.ts';
import { PartError, sendPart } from './send-part.ts';

type Part = UploadPartFieldsFragment;

interface Upload {
  readonly id: string;
  readonly partCount: number;
}

export interface UploadOptions {
  readonly signal: AbortSignal;
  /** Bytes that are in the storage, of all. */
  readonly onProgress: (sentBytes: number) => void;
  /** All bytes are there; ShotGrid has to link them. */
  readonly onSent: () => void;
}

/** Two at once keep the line busy while one of them is being answered. */
const PARTS_AT_ONCE = 2;
const TRIES = 5;
const PAUSE_MS = 500;
const EXPIRED = 403;
/** Addresses are secrets while they live. */
const NOT_KEPT = { fetchPolicy: 'no-cache' } as const;

/** Brings a movie into ShotGrid's storage, part by part, and links it to the Version. */
export async function uploadMovie(
  client: ApolloClient,
  versionId: number,
  file: File,
  options: UploadOptions,
): Promise<void> {
  const { data } = await client.mutate({
    mutation: REQUEST_UPLOAD,
    variables: { id: versionId, fileName: file.name, sizeBytes: file.size },
    ...NOT_KEPT,
  });
  if (!data?.requestUpload) throw new Error('The upload could not begin.');
  const { parts, ...upload } = data.requestUpload;
  const etags = await sendAll(client, upload, file, { ...options, parts }).catch(async (error: unknown) => {
    await drop(client, upload);
    throw error;
  });
  options.onSent();
  await client.mutate({ mutation: COMPLETE_UPLOAD, variables: { upload: upload.id, etags } });
}

/** The storage keeps parts that nobody wants until it is told; that it is not told is no trouble of the person. */
const drop = (client: ApolloClient, { id }: Upload): Promise<unknown> =>
  client.mutate({ mutation: CANCEL_UPLOAD, variables: { upload: id } }).catch(() => undefined);

async function sendAll(
  client: ApolloClient,
  upload: Upload,
  file: File,
  { signal: cancelled, onProgress, parts }: UploadOptions & { readonly parts: readonly Part[] },
): Promise<string[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([cancelled, failed.signal]);
  const known = new Map(parts.map((part) => [part.number, part]));
  const sentBytes: number[] = [];
  const etags: string[] = [];
  let next = 1;

  const partOf = async (number: number): Promise<Part> => {
    if (!known.has(number)) await ask(number, PARTS_AT_ONCE * 2);
    const part = known.get(number);
    if (part === undefined) throw new Error('A part of the upload has no address.');
    return part;
  };
  const ask = async (from: number, count: number): Promise<void> => {
    const { data } = await client.mutate({
      mutation: REQUEST_PARTS,
      variables: { upload: upload.id, from, count },
      ...NOT_KEPT,
    });
    for (const part of data?.requestUploadParts ?? []) known.set(part.number, part);
  };
  const sendOnce = async (number: number): Promise<string> => {
    const { address, offset, sizeBytes } = await partOf(number);
    const bytes = file.slice(offset, offset + sizeBytes, file.type);
    return sendPart(address, bytes, {
      signal,
      onProgress(sent) {
        sentBytes[number] = sent;
        onProgress(sentBytes.reduce((sum, count) => sum + count, 0));
      },
    });
  };
  const send = async (number: number): Promise<string> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sendOnce(number);
      } catch (error) {
        sentBytes[number] = 0;
        if (!(error instanceof PartError) || attempt === TRIES || signal.aborted) throw error;
        if (error.status === EXPIRED) {
          // With a new first part the whole upload starts again, and other parts may be there already.
          if (number === 1 && upload.partCount > 1) throw error;
          known.delete(number);
          if (number === 1) await ask(1, 1);
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
      }
    }
  };
  const work = async (): Promise<void> => {
    while (next <= upload.partCount && !signal.aborted) {
      const number = next;
      next += 1;
      etags[number - 1] = await send(number);
    }
    signal.throwIfAborted();
  };
  try {
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work));
  } finally {
    // Where one part fails for good, the others need not arrive.
    failed.abort();
  }
  return etags;
}
