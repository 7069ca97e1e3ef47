import { fieldsOf, textOf } from './read.ts';

/** One tab of this browser listens for all of them: an open stream is one of the few connections that HTTP/1.1 allows. */
const LISTENER_LOCK = 'shotgraph:session-listener';
const NEWS = 'shotgraph:session-news';
const ASK_AGAIN_MS = 10_000;
const UNAUTHORIZED = 401;

export interface SessionTimes {
  /** When the session ends if nothing more is done. */
  readonly expiresAt: string;
  /** When it ends whatever is done. */
  readonly endsAt: string;
}

/** What the listening tab passes on: the times, `ended`, and `back` for a stream that was lost and is there again. */
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
  const channel = new BroadcastChannel(NEWS + server);
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
  void (locks?.request(LISTENER_LOCK + server, { signal }, listenHere) ?? Promise.reject()).catch(listenHere);
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
    let wasOpen = false;
    const stop = (): void => {
      source?.close();
      clearTimeout(timer);
      resolve();
    };
    const end = (): void => {
      stop();
      pass('ended');
    };
    const open = (): void => {
      source = new EventSource(`${server}/auth/session/events`, { withCredentials: true });
      source.addEventListener('open', () => {
        if (wasOpen) pass('back');
        wasOpen = true;
      });
      source.addEventListener('session', ({ data }: { readonly data: string }) =>
        pass(timesOf(JSON.parse(data))),
      );
      source.addEventListener('ended', end);
      source.addEventListener('error', () => {
        // Anything but a refusal the browser tries again by itself.
        if (source?.readyState === EventSource.CLOSED) void afterRefusal();
      });
    };
    const afterRefusal = async (): Promise<void> => {
      const status = await fetch(`${server}/auth/session`, { credentials: 'include' }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (signal.aborted) return;
      if (status === UNAUTHORIZED) end();
      else timer = setTimeout(open, ASK_AGAIN_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) resolve();
    else open();
  });
}
