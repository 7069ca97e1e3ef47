import { send } from '../send.ts';
import { judge } from './sandbox-messages.ts';

/** A page that works has sent its handshake by then. */
export const HANDSHAKE_MS = 5000;

export interface SandboxOptions {
  readonly target: HTMLElement;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly onReady: () => void;
  /** The host did not answer: no internet, or it is blocked. The frame has been removed. */
  readonly onSilence: () => void;
  /** The frame received a request that is not passed on. */
  readonly onDropped: (what: 'subscription' | 'unreadable') => void;
}

/** Shows Apollo's page in a frame below `target`. The returned function removes the frame. */
export async function loadSandbox(options: SandboxOptions): Promise<() => void> {
  const { ApolloSandbox } = await import('@apollo/sandbox');
  const { target, onReady, onSilence, onDropped } = options;
  let frame: HTMLIFrameElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const guard = (event: MessageEvent<unknown>): void => {
    // Monaco schedules its own work by messages of this window; the package ignores this origin.
    if (event.source === window && event.origin === location.origin) return;
    const verdict = judge(event, frame?.contentWindow);
    if (verdict.kind === 'dropped') {
      event.stopImmediatePropagation();
      if (verdict.told !== undefined) onDropped(verdict.told);
    } else if (verdict.name === 'ExplorerListeningForHandshake' && timer !== undefined) {
      clearTimeout(timer);
      timer = undefined;
      onReady();
    }
  };
  // Runs before the package's own listener, in the capture phase: the package never receives a message stopped
  // here.
  window.addEventListener('message', guard, { capture: true });

  const sandbox = new ApolloSandbox({ ...settingsOf(options), target });
  frame = target.querySelector('iframe');
  if (frame !== null) frame.title = 'Apollo Sandbox';
  const remove = (): void => {
    clearTimeout(timer);
    sandbox.dispose();
    window.removeEventListener('message', guard, { capture: true });
  };
  timer = setTimeout(() => {
    remove();
    onSilence();
  }, HANDSHAKE_MS);
  return remove;
}

const settingsOf = ({ document, variables }: SandboxOptions) => ({
  initialEndpoint: `${location.origin}/graphql`,
  // The frame must show the requests that are really sent: one address, with the cookie, no header of its own.
  endpointIsEditable: false,
  hideCookieToggle: true,
  sendOperationHeadersInIntrospection: false,
  initialState: {
    document,
    variables: variables as Record<string, never>,
    includeCookies: true,
    // It would send a request about every second, and keep an unused session alive.
    pollForSchemaUpdates: false,
  },
  runTelemetry: false,
  // explorer.css has the same.
  allowDynamicStyles: false,
  handleRequest: async (_url: string, { body }: { readonly body?: unknown }): Promise<Response> => {
    if (typeof body !== 'string') throw new Error('The explorer sends no files: see docs/files.md.');
    return send(body);
  },
});
