/** One tab of this browser listens for all of them: an open stream is one of the few connections that HTTP/1.1 allows. */
const LISTENER_LOCK = 'shotgraph:session-listener';
const NEWS = 'shotgraph:session-news';
const ASK_AGAIN_MS = 10_000;

export interface SessionTimes {
  /** When the session ends if nothing more is done. */
  readonly expiresAt: string;
  /** When it ends whatever is done. */
  readonly endsAt: string;
}

export interface SessionNews {
  readonly onTimes: (times: SessionTimes) => void;
  readonly onEnded: () => void;
  /** The stream was lost and is there again: meanwhile somebody else may have signed in here. */
  readonly onBack: () => void;
}

/** What the listening tab passes on: the times, null for the end, `back` for a stream that was lost. */
type News = SessionTimes | null | 'back';

/** Tells of the session's end, wherever it comes from, and of its limits as they move. The function it gives ends that. */
export function watchSession({ onTimes, onEnded, onBack }: SessionNews): () => void {
  const closing = new AbortController();
  const { signal } = closing;
  const channel = new BroadcastChannel(NEWS);
  const tell = (news: News): void => {
    if (news === null) onEnded();
    else if (news === 'back') onBack();
    else onTimes(news);
  };
  channel.addEventListener('message', ({ data }: MessageEvent<News>) => tell(data));
  const pass = (news: News): void => {
    // A channel is of this origin alone; the rule means windows.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    channel.postMessage(news);
    tell(news);
  };
  // The page that holds the lock listens until its page is closed; the next one in the queue takes over.
  navigator.locks
    .request(LISTENER_LOCK, { signal }, () => listen(pass, signal))
    // A browser that blocks third-party cookies may deny locks to a frame: each listens for itself then.
    .catch(() => listen(pass, signal));
  return () => {
    closing.abort();
    channel.close();
  };
}

/** Keeps the session for another while, as any request of the person does. */
export async function keepSession(): Promise<SessionTimes> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: '{ viewer { login } }' });
  await (await fetch('/graphql', { method: 'POST', headers, body })).text();
  const answer = await fetch('/auth/session');
  if (!answer.ok) throw new Error(`The session could not be read (${answer.status}).`);
  return (await answer.json()) as SessionTimes;
}

/** Resolves once the session is over or nobody wants to know any more. */
function listen(pass: (news: News) => void, signal: AbortSignal): Promise<void> {
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
      pass(null);
    };
    const open = (): void => {
      source = new EventSource('/auth/session/events');
      source.addEventListener('open', () => {
        if (wasOpen) pass('back');
        wasOpen = true;
      });
      source.addEventListener('session', ({ data }: MessageEvent<string>) =>
        pass(JSON.parse(data) as SessionTimes),
      );
      source.addEventListener('ended', end);
      source.addEventListener('error', () => {
        // Anything but a refusal the browser tries again by itself.
        if (source?.readyState === EventSource.CLOSED) void afterRefusal();
      });
    };
    const afterRefusal = async (): Promise<void> => {
      const status = await fetch('/auth/session').then(
        (answer) => answer.status,
        () => 0,
      );
      if (signal.aborted) return;
      if (status === 401) end();
      else timer = setTimeout(open, ASK_AGAIN_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) resolve();
    else open();
  });
}
