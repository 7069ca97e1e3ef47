import type { ApolloClient } from '@apollo/client';
import {
  begunOf,
  createUpload,
  PartError,
  type SessionKind,
  type Upload,
  type UploadSteps,
} from 'shotgraph-client';
import { shotgraph } from './client.ts';
import type { Desk, UploadWork } from './desk.ts';
import {
  CancelUploadDocument,
  CompleteUploadDocument,
  RequestPartsDocument,
  RequestUploadDocument,
} from './gql/graphql.ts';
import { type Attempt, type Problem, problemOf } from './problem.ts';

interface Running {
  readonly upload: Upload<unknown>;
  readonly file: File;
  /** Null while nothing is being sent. */
  controller: AbortController | null;
}

/** What is being uploaded from this page, by Version: it goes on while another Version is looked at. */
const running = new WeakMap<Desk, Map<number, Running>>();

function runningOf(desk: Desk): Map<number, Running> {
  const known = running.get(desk) ?? new Map<number, Running>();
  running.set(desk, known);
  return known;
}

const { session } = shotgraph;
const LEFT: ReadonlySet<SessionKind> = new Set(['other', 'left']);

/** Addresses are secrets while they live. */
const NOT_KEPT = { fetchPolicy: 'no-cache' } as const;

/** Asked by Apollo, so that its cache learns of the new movie. */
const stepsOf = (client: ApolloClient, id: number): UploadSteps<unknown> => ({
  target: [id],
  async request({ name: fileName, size: sizeBytes }) {
    const variables = { id, fileName, sizeBytes };
    const { data } = await client.mutate({ mutation: RequestUploadDocument, variables, ...NOT_KEPT });
    return begunOf(data?.requestUpload);
  },
  async parts(upload, from, count) {
    const variables = { upload, from, count };
    const { data } = await client.mutate({ mutation: RequestPartsDocument, variables, ...NOT_KEPT });
    return data?.requestUploadParts ?? [];
  },
  complete: (upload, etags) =>
    client.mutate({ mutation: CompleteUploadDocument, variables: { upload, etags: [...etags] } }),
  cancel: (upload) => client.mutate({ mutation: CancelUploadDocument, variables: { upload } }),
});

/** Uploads a movie; what had been begun for the Version before is dropped. */
export async function startUpload(
  client: ApolloClient,
  desk: Desk,
  versionId: number,
  file: File,
): Promise<void> {
  const all = runningOf(desk);
  const before = all.get(versionId);
  if (before?.controller) return;
  void before?.upload.cancel();
  all.set(versionId, { upload: createUpload(file, stepsOf(client, versionId)), file, controller: null });
  await goOn(desk, versionId);
}

/** Sends what has not arrived yet. */
export async function goOn(desk: Desk, versionId: number): Promise<void> {
  const all = runningOf(desk);
  const work = all.get(versionId);
  if (work === undefined || work.controller !== null) return;
  const controller = new AbortController();
  const { name: fileName, size: sizeBytes } = work.file;
  const show = (upload: UploadWork): void => desk.change(versionId, { upload });
  let attempt: Attempt = 'upload';
  work.controller = controller;
  const unsubscribe = session.subscribe(() => {
    // No more of this person's film is sent from a browser that is another person's now.
    if (LEFT.has(session.state().kind)) controller.abort();
  });
  show({ kind: 'sending', fileName, sentBytes: 0, sizeBytes });
  try {
    await work.upload.run({
      signal: controller.signal,
      onProgress: (sentBytes) => show({ kind: 'sending', fileName, sentBytes, sizeBytes }),
      onSent() {
        attempt = 'link';
        show({ kind: 'linking', fileName });
      },
    });
    all.delete(versionId);
    show({ kind: 'done', fileName });
  } catch (error) {
    // Nobody knows whether ShotGrid has linked it: a second try might be a second movie.
    const canGoOn = attempt === 'upload' && work.upload.kept() !== null;
    if (!canGoOn) all.delete(versionId);
    if (controller.signal.aborted) show({ kind: 'cancelled' });
    else show({ kind: 'failed', problem: problemFrom(error, attempt), canGoOn });
  } finally {
    unsubscribe();
    work.controller = null;
  }
}

export const cancelUpload = (desk: Desk, versionId: number): void =>
  runningOf(desk).get(versionId)?.controller?.abort();

function problemFrom(error: unknown, attempt: Attempt): Problem {
  if (!(error instanceof PartError)) return problemOf(error, attempt);
  const text = `${error.message} Try again in a moment.`;
  return { code: 'STORAGE', text, requestId: null, loginUrl: null, outcome: null };
}
