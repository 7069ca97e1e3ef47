import { lazy, Suspense, useCallback, useState } from 'react';
import { Notices } from './notices.tsx';
import { SandboxView } from './sandbox/sandbox-view.tsx';
import { chosenExplorer, type ExplorerName, rememberExplorer, Switch } from './switch.tsx';
import { type OpenedTask, TaskMenu } from './tasks/task-menu.tsx';
import { useSession } from './use-session.ts';
import { WhoAsks } from './who.tsx';

const GraphiqlView = lazy(() => import('./graphiql-view.tsx'));

export function App() {
  const who = useSession();
  const [explorer, setExplorer] = useState(chosenExplorer);
  // An opened explorer stays mounted, out of sight, so that typed text is not lost.
  const [isGraphiqlOpen, setGraphiqlOpen] = useState(explorer === 'graphiql');
  const [isFrameOpen, setFrameOpen] = useState(false);
  const [isSilent, setSilent] = useState(false);
  const [task, setTask] = useState<OpenedTask>();
  const me = who.kind === 'person' ? who.person : undefined;

  const show = useCallback((name: ExplorerName): void => {
    setExplorer(name);
    if (name === 'graphiql') setGraphiqlOpen(true);
  }, []);
  const choose = (name: ExplorerName): void => {
    rememberExplorer(name);
    setSilent(false);
    show(name);
  };
  const fallBack = useCallback((): void => {
    setSilent(true);
    setTask((opened) => opened && { ...opened, explorer: 'graphiql' });
    show('graphiql');
  }, [show]);

  const taskOf = (name: ExplorerName) => (task?.explorer === name ? task : undefined);

  return (
    <>
      <header>
        <h1>GraphQL explorer</h1>
        <Switch chosen={explorer} onChoose={choose} />
        <TaskMenu explorer={explorer} me={me?.person} onOpen={setTask} />
        <WhoAsks who={who} staysOpen={isFrameOpen} />
      </header>
      {/* What one explorer was told is not said beside the other. */}
      <Notices key={explorer} who={who} isSandboxSilent={isSilent} staysOpen={isFrameOpen} />
      <main>
        {isGraphiqlOpen && (
          <div className="place" hidden={explorer !== 'graphiql'}>
            <Suspense fallback={<p className="text">Loading GraphiQL…</p>}>
              <GraphiqlView task={taskOf('graphiql')} login={me?.login} />
            </Suspense>
          </div>
        )}
        <div className="place" hidden={explorer !== 'sandbox'}>
          <SandboxView task={taskOf('sandbox')} who={who} onOpen={setFrameOpen} onSilence={fallBack} />
        </div>
      </main>
    </>
  );
}
