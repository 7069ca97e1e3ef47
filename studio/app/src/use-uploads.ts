import { useApolloClient } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { PartError } from './send-part.ts';
import { problemOf, type Problem } from './problem.ts';
import { uploadMovie } from './upload-movie.ts';

export type UploadState =
  | {
      readonly kind: 'sending';
      readonly fileName: string;
      readonly sentBytes: number;
      readonly sizeBytes: number;
    }
  | { readonly kind: 'linking'; readonly fileName: string }
  | { readonly kind: 'done'; readonly fileName: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly problem: Problem };

export interface Uploads {
  of(versionId: number): UploadState | undefined;
  start(versionId: number, file: File): void;
  cancel(versionId: number): void;
}

/** Uploads by Version: they go on while another Version is looked at. */
export function useUploads(): Uploads {
  const client = useApolloClient();
  const [states, setStates] = useState<Readonly<Record<number, UploadState>>>({});
  const running = useRef(new Map<number, AbortController>());
  useEffect(() => {
    const all = running.current;
    return () => all.forEach((controller) => controller.abort());
  }, []);

  const run = async (versionId: number, file: File): Promise<void> => {
    const controller = new AbortController();
    const { name: fileName, size: sizeBytes } = file;
    const show = (state: UploadState): void => setStates((all) => ({ ...all, [versionId]: state }));
    running.current.set(versionId, controller);
    show({ kind: 'sending', fileName, sentBytes: 0, sizeBytes });
    try {
      await uploadMovie(client, versionId, file, {
        signal: controller.signal,
        onProgress: (sentBytes) => show({ kind: 'sending', fileName, sentBytes, sizeBytes }),
        onSent: () => show({ kind: 'linking', fileName }),
      });
      show({ kind: 'done', fileName });
    } catch (error) {
      show(
        controller.signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', problem: problemFrom(error) },
      );
    } finally {
      running.current.delete(versionId);
    }
  };
  return {
    of: (versionId) => states[versionId],
    start(versionId, file) {
      if (!running.current.has(versionId)) void run(versionId, file);
    },
    cancel: (versionId) => running.current.get(versionId)?.abort(),
  };
}

function problemFrom(error: unknown): Problem {
  if (!(error instanceof PartError)) return problemOf(error, 'upload');
  const text = `${error.message} Try again in a moment.`;
  return { code: 'STORAGE', text, requestId: null, loginUrl: null };
}
