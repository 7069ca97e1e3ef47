import { useCallback, useEffect, useRef, useState } from 'react';
import { DEFAULT_QUERY } from '../default-query.ts';
import { loadSandbox } from './sandbox.ts';
import { SANDBOX_ORIGIN } from './sandbox-messages.ts';
import type { OpenedTask } from '../tasks/task-menu.tsx';
import type { Who } from '../use-session.ts';

interface SandboxViewProps {
  readonly task: OpenedTask | undefined;
  readonly who: Who;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onSilence: () => void;
}

type Stage = 'closed' | 'loading' | 'open' | 'failed';

const HOST = new URL(SANDBOX_ORIGIN).host;
const RULES =
  'Each request goes to /graphql of this server, with your session. Headers that you type in the frame are not sent. Opening a task loads the Sandbox again.';
const DROPPED = {
  subscription: 'The Sandbox asked for a subscription. This page passes on queries and changes only.',
  unreadable: 'The Sandbox sent something that is too large or cannot be read, so it was not passed on.',
};

/** Apollo's page in a frame, once the person has allowed it to send requests as them. */
export function SandboxView({ task, who, onOpen, onSilence }: SandboxViewProps) {
  const target = useRef<HTMLDivElement>(null);
  const remove = useRef<Promise<() => void>>(undefined);
  const [stage, setStage] = useState<Stage>('closed');
  const [dropped, setDropped] = useState<keyof typeof DROPPED>();

  const close = useCallback(async (): Promise<void> => {
    const removing = remove.current;
    remove.current = undefined;
    (await removing?.catch(() => undefined))?.();
  }, []);
  const load = useCallback(
    async (opened: OpenedTask | undefined): Promise<void> => {
      await close();
      if (target.current === null) return;
      setStage('loading');
      setDropped(undefined);
      onOpen(true);
      remove.current = loadSandbox({
        target: target.current,
        document: opened?.query ?? DEFAULT_QUERY,
        variables: opened?.variables ?? {},
        onReady: () => setStage('open'),
        onSilence: () => {
          remove.current = undefined;
          setStage('closed');
          onOpen(false);
          onSilence();
        },
        onDropped: setDropped,
      });
      await remove.current.catch(() => {
        remove.current = undefined;
        setStage('failed');
        onOpen(false);
      });
    },
    [close, onOpen, onSilence],
  );

  const isShown = stage === 'loading' || stage === 'open';
  const shown = useRef(task);
  useEffect(() => {
    if (shown.current === task) return;
    shown.current = task;
    if (isShown && task !== undefined) void load(task);
  }, [task, isShown, load]);

  return (
    <div className="sandbox">
      {stage === 'closed' && <Consent who={who} onLoad={() => void load(task)} />}
      {stage === 'failed' && (
        <p className="text">A file of this page could not be read. Load this page again.</p>
      )}
      {stage === 'loading' && <p className="text">Waiting for {HOST}…</p>}
      {stage === 'open' && (
        <p className="text" role="status">
          {dropped === undefined ? RULES : DROPPED[dropped]}
        </p>
      )}
      <div className="frame" ref={target} />
    </div>
  );
}

interface ConsentProps {
  readonly who: Who;
  readonly onLoad: () => void;
}

function Consent({ who, onLoad }: ConsentProps) {
  const name = who.kind === 'person' ? who.person.displayName : 'the person who is signed in';
  return (
    <div className="consent">
      <p>
        Apollo Sandbox is a page of Apollo&rsquo;s, at {HOST}, shown in a frame here. Once it is loaded it can
        ask this server, and change things, as {name}, and read the answers; it is told the address of this
        page and the first query. Nothing is loaded from there before you click.
      </p>
      {who.kind === 'nobody' && <p>Sign in first: without a session the Sandbox cannot read the schema.</p>}
      <button type="button" onClick={onLoad}>
        Load
      </button>
    </div>
  );
}
