import { fieldsOf, textOf } from './read.ts';

/** One tab of this browser listens for all of them: an open stream is one of the few connections that HTTP/1.1 allows. */
const NAME = 'shotgraph-client';
const ASK_AGAIN_MS = 10_000;

export interface SessionTimes {
  /** When the session ends if nothing more is done. */
  readonly expiresAt: string;
  /** When it ends whatever is done. */
  readonly endsAt: string;
}

/** What the listening tab passes on: the times, `ended`, and `back` when it begins to listen, or could not. */
export type News = SessionTimes | 'ended' | 'back';

export const timesOf = (value: unknown): SessionTimes => {
  const { expiresAt, endsAt } = fieldsOf(value);
  return { expiresAt: textOf(expiresAt) ?? '', endsAt: textOf(endsAt) ?? '' };
};

/**
 * Tells of the session's end, wherever it comes from, and of its limits as they move.
 *
 * @param server origin of the server; '' for this one
 * @returns ends that
 */
export function watchSession(server: string, tell: (news: News) => void): () => void {
  const closing = new AbortController();
  const { signal } = closing;
  const channel = new BroadcastChannel(NAME + server);
  channel.addEventListener('message', (event: Event) => {
    if ('data' in event) tell(event.data as News);
  });
  const pass = (news: News): void => {
    if (signal.aborted) return;
    // A channel is of this origin alone; the rule means windows.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    channel.postMessage(news);
    tell(news);
  };
  const listenHere = (): Promise<void> => listen(server, pass, signal);
  // The page that holds the lock listens until its page is closed; the next one in the queue takes over. Where there are
  // no locks, or a frame is denied them (a browser that blocks third-party cookies), each listens for itself.
  const { locks } = navigator as { readonly locks?: LockManager };
  void (locks?.request(NAME + server, { signal }, listenHere) ?? Promise.reject()).catch(listenHere);
  return () => {
    closing.abort();
    channel.close();
  };
}

/** Resolves once the session is over or nobody wants to know any more. */
function listen(server: string, pass: (news: News) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => {
      source?.close();
      clearTimeout(timer);
      resolve();
    };
    const open = (): void => {
      source = new EventSource(`${server}/auth/session/events`, { withCredentials: true });
      // Somebody else may have signed in while nobody listened: the stream is that of the cookie.
      source.addEventListener('open', () => pass('back'));
      source.addEventListener('session', ({ data }: { readonly data: string }) =>
        pass(timesOf(JSON.parse(data))),
      );
      source.addEventListener('ended', () => {
        stop();
        pass('ended');
      });
      source.addEventListener('error', () => {
        // Anything but a refusal the browser tries again by itself.
        if (source?.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(open, ASK_AGAIN_MS);
        pass('back');
      });
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) resolve();
    else open();
  });
}
