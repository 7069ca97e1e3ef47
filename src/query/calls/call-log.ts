import type { ActingClient } from '../../shotgun/port/shotgun.ts';

/** One call of a request to ShotGrid. */
export interface LoggedCall {
  readonly kind: string;
  /** Entity type that it was about; null where it was about none or several. */
  readonly type: string | null;
  /** Rows that came; null where none were asked for. */
  readonly rows: number | null;
  /** From 1: a call that began after another had ended belongs to a later wave than that one. */
  readonly wave: number;
  /** Milliseconds since the first call of the request. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly failed: boolean;
}

/** The calls of one request: what a page costs is how many waves of them follow one another. */
export interface CallLog {
  /** The client, with each of its calls noted. */
  observe(client: ActingClient): ActingClient;
  /** In the order in which they began. Calls under way are not among them. */
  calls(): readonly LoggedCall[];
}

interface Note extends Omit<LoggedCall, 'wave'> {
  readonly order: number;
}

export function createCallLog(now: () => number = () => performance.now()): CallLog {
  const notes: Note[] = [];
  let firstMs: number | undefined;
  let order = 0;
  const note = async <T>(kind: string, type: string | null, run: () => Promise<T>): Promise<T> => {
    firstMs ??= now();
    const place = { kind, type, order: order++, startedMs: now() - firstMs };
    const end = (rows: number | null, failed: boolean): void => {
      notes.push({ ...place, rows, failed, endedMs: now() - (firstMs ?? 0) });
    };
    try {
      const result = await run();
      end(Array.isArray(result) ? result.length : null, false);
      return result;
    } catch (error) {
      end(null, true);
      throw error;
    }
  };
  return {
    observe: (client) => observed(client, note),
    calls: () => inWaves([...notes].sort((left, right) => left.order - right.order)),
  };
}

type Noting = <T>(kind: string, type: string | null, run: () => Promise<T>) => Promise<T>;

function observed(client: ActingClient, note: Noting): ActingClient {
  return {
    login: client.login,
    search: (request, options) => note('search', request.type, () => client.search(request, options)),
    create: (type, values, options) => note('create', type, () => client.create(type, values, options)),
    update: (type, id, values, options) =>
      note('update', type, () => client.update(type, id, values, options)),
    delete: (type, id, options) => note('delete', type, () => client.delete(type, id, options)),
    revive: (type, id, options) => note('revive', type, () => client.revive(type, id, options)),
    batch: (operations, options) => note('batch', null, () => client.batch(operations, options)),
    summarize: (request, options) =>
      note('summarize', request.type, () => client.summarize(request, options)),
    textSearch: (request, options) => note('textSearch', null, () => client.textSearch(request, options)),
    noteThread: (id, options) => note('noteThread', 'Note', () => client.noteThread(id, options)),
    activity: (target, request, options) =>
      note('activity', target.type, () => client.activity(target, request, options)),
    followers: (target, options) => note('followers', target.type, () => client.followers(target, options)),
    following: (id, options) => note('following', null, () => client.following(id, options)),
    follow: (id, targets, options) => note('follow', null, () => client.follow(id, targets, options)),
    unfollow: (id, target, options) =>
      note('unfollow', target.type, () => client.unfollow(id, target, options)),
    fieldInfo: (place, options) => note('fieldInfo', place.type, () => client.fieldInfo(place, options)),
    uploads: observedUploads(client.uploads, note),
  };
}

function observedUploads(uploads: ActingClient['uploads'], note: Noting): ActingClient['uploads'] {
  return {
    begin: (target, file, options) =>
      note('beginUpload', target.type, () => uploads.begin(target, file, options)),
    nextPart: (path, options) => note('nextUploadPart', null, () => uploads.nextPart(path, options)),
    complete: (completion, options) =>
      note('completeUpload', null, () => uploads.complete(completion, options)),
    abort: (upload, options) => note('abortUpload', null, () => uploads.abort(upload, options)),
  };
}

/** How many waves the calls made. */
export const wavesOf = (calls: readonly LoggedCall[]): number =>
  Math.max(0, ...calls.map(({ wave }) => wave));

function inWaves(notes: readonly Note[]): LoggedCall[] {
  const seen: LoggedCall[] = [];
  for (const { order: _, ...call } of notes) {
    const before = seen.filter((other) => other.endedMs <= call.startedMs).map((other) => other.wave);
    seen.push({ ...call, wave: 1 + Math.max(0, ...before) });
  }
  return seen;
}
