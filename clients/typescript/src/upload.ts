import { problemOf } from './problem.ts';
import { PartError, sendPart } from './send-part.ts';
import type { BegunUpload, UploadPart, UploadSteps } from './upload-steps.ts';

/** Two at once keep the line busy while one of them is being answered. */
const PARTS_AT_ONCE = 2;
const ADDRESSES_AT_ONCE = 4;
const TRIES = 5;
const PAUSE_MS = 500;
const EXPIRED = 403;
const RESTARTS = 2;

/** What a page may keep of an upload, to go on after it was left: no address, which is a secret. */
export interface KeptUpload {
  readonly id: string;
  readonly partCount: number;
  readonly file: { readonly name: string; readonly size: number; readonly lastModified: number };
  /** As in its steps. */
  readonly target: UploadSteps<unknown>['target'];
  /** By part: the storage's ETag and the size, null for a part that has not arrived. */
  readonly sent: readonly (readonly [etag: string, sizeBytes: number] | null)[];
}

export interface RunOptions {
  /** Cancels the upload: its parts are dropped. */
  readonly signal?: AbortSignal;
  /** Bytes that are in the storage, of the file's size. */
  readonly onProgress?: (sentBytes: number) => void;
  /** All bytes are there; ShotGrid has to link them. */
  readonly onSent?: () => void;
  /** PUTs one part; for places without XMLHttpRequest. */
  readonly send?: typeof sendPart;
}

export interface Upload<Result> {
  /**
   * Sends what has not arrived yet, and links the file. After a failure call it again: it goes on where it was.
   *
   * @throws PartError if the storage does not take a part, Problem if the server refuses, `AbortError` if it was cancelled
   */
  run(options?: RunOptions): Promise<Result>;
  /** Drops the upload and its parts. That it was not told is no trouble of the person. */
  cancel(): Promise<void>;
  /** Null if nothing has begun. */
  kept(): KeptUpload | null;
}

/** The address of part 1 comes with a new upload alone: everything has to be sent again. */
class StartAgain extends Error {}

interface State {
  readonly id: string;
  readonly partCount: number;
  readonly known: Map<number, UploadPart>;
  readonly sent: Map<number, readonly [etag: string, sizeBytes: number]>;
}

/**
 * The upload of a file into ShotGrid's storage, part by part.
 *
 * @param kept of an earlier page, with the same file, target and person; otherwise it begins again
 */
export function createUpload<Result>(
  file: File,
  steps: UploadSteps<Result>,
  kept: KeptUpload | null = null,
): Upload<Result> {
  let state = kept !== null && keyOf(kept) === keyOf(whatOf(file, steps)) ? stateOf(kept) : null;
  /** Begun by an earlier page, and this one has sent nothing of it. */
  let isOnlyKept = state !== null;
  const cancel = async (): Promise<void> => {
    const id = state?.id;
    state = null;
    if (id !== undefined) await steps.cancel(id).catch(() => undefined);
  };
  const begin = async (isAgain: boolean): Promise<State> => {
    if (state !== null) return isAgain ? fromPartOne(state, steps) : state;
    isOnlyKept = false;
    return begunState(await steps.request(file));
  };
  const sendAll = async ({ send = sendPart, ...options }: RunOptions): Promise<State> => {
    const sending: typeof sendPart = (...part) => {
      isOnlyKept = false;
      return send(...part);
    };
    for (let again = 0; ; again += 1) {
      try {
        state = await begin(again > 0);
        await sendMissing(file, steps, state, { ...options, send: sending });
        return state;
      } catch (error) {
        // One that started again elsewhere is not taken from there.
        const { code, details } = problemOf(error);
        const isOver = code === 'UPLOAD_OVER' && details['reason'] !== 'superseded';
        if (isOver) state = null;
        // What had been kept is too old. What this page has sent is not started again by itself: it may have become the
        // upload of another person.
        const canStartAgain = error instanceof StartAgain || (isOver && isOnlyKept);
        if (again === RESTARTS || !canStartAgain) throw error;
      }
    }
  };
  return {
    cancel,
    kept: () => (state === null ? null : keptOf(state, whatOf(file, steps))),
    async run(options = {}) {
      let isSent = false;
      try {
        const { id, partCount, sent } = await sendAll(options);
        isSent = true;
        options.onSent?.();
        const etags = Array.from({ length: partCount }, (_, index) => sent.get(index + 1)?.[0] ?? '');
        const result = await steps.complete(id, etags);
        state = null;
        return result;
      } catch (error) {
        const { code } = problemOf(error);
        // The storage has others than it said: the next try sends all of them.
        if (code === 'UPLOAD_INCOMPLETE') state?.sent.clear();
        // It may have been linked: the next try is another upload, and only the person begins it.
        if (isSent && code === 'UPLOAD_OVER') state = null;
        if (options.signal?.aborted === true) await cancel();
        throw error instanceof StartAgain ? new PartError(EXPIRED) : error;
      }
    },
  };
}

const keyOf = ({ file, target }: What): string => JSON.stringify([file, target]);

async function fromPartOne({ id, partCount }: State, steps: UploadSteps<unknown>): Promise<State> {
  const parts = await steps.parts(id, 1, Math.min(partCount, ADDRESSES_AT_ONCE));
  return begunState({ id, partCount, parts });
}

/** Sends each part that has not arrived, some at once. */
async function sendMissing(
  file: File,
  steps: UploadSteps<unknown>,
  state: State,
  { signal: cancelled, onProgress = () => undefined, send }: RunOptions & Required<Pick<RunOptions, 'send'>>,
): Promise<void> {
  const { id, partCount, known, sent } = state;
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(cancelled === undefined ? [] : [cancelled])]);
  const underWay = new Map<number, number>();
  const tell = (number: number, sentBytes: number): void => {
    underWay.set(number, sentBytes);
    onProgress(sum(underWay.values()) + sum([...sent.values()].map(([, sizeBytes]) => sizeBytes)));
  };
  const partOf = async (number: number): Promise<UploadPart> => {
    const held = known.get(number);
    if (held !== undefined) return held;
    if (number === 1) throw new StartAgain();
    const count = Math.min(ADDRESSES_AT_ONCE, partCount - number + 1);
    for (const part of await steps.parts(id, number, count)) known.set(part.number, part);
    const part = known.get(number);
    if (part === undefined) throw new Error('A part of the upload has no address.');
    return part;
  };
  const sendOne = async (number: number): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const { address, offset, sizeBytes } = await partOf(number);
      try {
        const bytes = file.slice(offset, offset + sizeBytes, file.type);
        const etag = await send(address, bytes, { signal, onProgress: (bytesOf) => tell(number, bytesOf) });
        underWay.delete(number);
        sent.set(number, [etag, sizeBytes]);
        return;
      } catch (error) {
        underWay.delete(number);
        if (!(error instanceof PartError) || attempt === TRIES || signal.aborted) throw error;
        if (error.status === EXPIRED) known.delete(number);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
      }
    }
  };
  const missing = Array.from({ length: partCount }, (_, index) => index + 1).filter(
    (each) => !sent.has(each),
  );
  const work = async (): Promise<void> => {
    for (let number = missing.shift(); number !== undefined && !signal.aborted; number = missing.shift())
      await sendOne(number);
    signal.throwIfAborted();
  };
  try {
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work));
  } finally {
    // Where one part fails for good, the others need not arrive.
    failed.abort();
  }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, each) => all + each, 0);

const begunState = ({ id, partCount, parts }: BegunUpload): State => ({
  ...{ id, partCount },
  known: new Map(parts.map((part) => [part.number, part])),
  sent: new Map(),
});

const stateOf = ({ id, partCount, sent }: KeptUpload): State => ({
  ...{ id, partCount },
  known: new Map(),
  sent: new Map(sent.flatMap((part, index) => (part === null ? [] : [[index + 1, part] as const]))),
});

type What = Pick<KeptUpload, 'file' | 'target'>;

const whatOf = ({ name, size, lastModified }: File, { target }: UploadSteps<unknown>): What => ({
  file: { name, size, lastModified },
  target,
});

const keptOf = ({ id, partCount, sent }: State, what: What): KeptUpload => ({
  ...{ id, partCount, ...what },
  sent: Array.from({ length: partCount }, (_, index) => sent.get(index + 1) ?? null),
});
