import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect, useRef } from 'react';
import { DEFAULT_QUERY } from './default-query.ts';
import { send } from './send.ts';
import type { OpenedTask } from './tasks/task-menu.tsx';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';

interface GraphiqlViewProps {
  readonly task: OpenedTask | undefined;
  readonly login: string | undefined;
}

const fetcher = async (parameters: object): Promise<never> =>
  (await (await send(JSON.stringify(parameters))).json()) as never;

/** GraphiQL from our own files. It has no headers editor: headers would not be sent. */
// oxlint-disable-next-line import/no-default-export -- React loads components by their default export.
export default function GraphiqlView({ task, login }: GraphiqlViewProps) {
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={DEFAULT_QUERY}
      defaultEditorToolsVisibility="variables"
      isHeadersEditorEnabled={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <FromOutside task={task} login={login} />
          </>
        )}
      </GraphiQL.Toolbar>
    </GraphiQL>
  );
}

/** Renders nothing: passes events from outside into GraphiQL. */
function FromOutside({ task, login }: GraphiqlViewProps) {
  const actions = useGraphiQLActions();
  const queryEditor = useGraphiQL(({ queryEditor }) => queryEditor);
  const variableEditor = useGraphiQL(({ variableEditor }) => variableEditor);
  const opened = useRef<OpenedTask>(undefined);
  useEffect(() => {
    if (task === undefined || task === opened.current) return;
    if (queryEditor === undefined || variableEditor === undefined) return;
    opened.current = task;
    actions.addTab();
    queryEditor.setValue(task.query);
    variableEditor.setValue(Object.keys(task.variables).length === 0 ? '' : asJson(task.variables));
  }, [task, queryEditor, variableEditor, actions]);

  const asked = useRef(login);
  useEffect(() => {
    // Without a session the schema cannot be read.
    if (asked.current === undefined && login !== undefined) void actions.introspect();
    asked.current = login;
  }, [login, actions]);
  return null;
}

const asJson = (value: unknown): string => JSON.stringify(value, undefined, 2);
