import type { ApolloClient } from '@apollo/client';
import type { Desk, UploadWork } from './desk.ts';
import { PartError } from './send-part.ts';
import { type Attempt, type Problem, problemOf } from './problem.ts';
import { uploadMovie } from './upload-movie.ts';

/** What is being uploaded from this page, by Version: it goes on while another Version is looked at. */
const running = new WeakMap<Desk, Map<number, AbortController>>();

function runningOf(desk: Desk): Map<number, AbortController> {
  const known = running.get(desk) ?? new Map<number, AbortController>();
  running.set(desk, known);
  return known;
}

export async function startUpload(
  client: ApolloClient,
  desk: Desk,
  versionId: number,
  file: File,
): Promise<void> {
  const all = runningOf(desk);
  if (all.has(versionId)) return;
  const controller = new AbortController();
  const { name: fileName, size: sizeBytes } = file;
  const show = (upload: UploadWork): void => desk.change(versionId, { upload });
  let attempt: Attempt = 'upload';
  all.set(versionId, controller);
  show({ kind: 'sending', fileName, sentBytes: 0, sizeBytes });
  try {
    await uploadMovie(client, versionId, file, {
      signal: controller.signal,
      onProgress: (sentBytes) => show({ kind: 'sending', fileName, sentBytes, sizeBytes }),
      onSent() {
        attempt = 'link';
        show({ kind: 'linking', fileName });
      },
    });
    show({ kind: 'done', fileName });
  } catch (error) {
    if (controller.signal.aborted) show({ kind: 'cancelled' });
    else show({ kind: 'failed', problem: problemFrom(error, attempt) });
  } finally {
    all.delete(versionId);
  }
}

export const cancelUpload = (desk: Desk, versionId: number): void => runningOf(desk).get(versionId)?.abort();

function problemFrom(error: unknown, attempt: Attempt): Problem {
  if (!(error instanceof PartError)) return problemOf(error, attempt);
  const text = `${error.message} Try again in a moment.`;
  return { code: 'STORAGE', text, requestId: null, loginUrl: null, outcome: null };
}
