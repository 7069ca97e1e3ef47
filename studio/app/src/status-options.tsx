import { useQuery } from '@apollo/client/react';
import { type ReactNode, useEffect, useRef } from 'react';
import { type Desk, useDesk } from './desk.ts';
import { StatusChoicesDocument, type VersionFieldsFragment } from './gql/graphql.ts';
import type { Status, Statuses } from './statuses.ts';

interface OptionsProps {
  readonly version: VersionFieldsFragment;
  readonly statuses: Statuses;
  readonly desk: Desk;
  readonly onChoose: (code: string) => void;
}

/** The statuses that the person may give this Version; where they may give none, the reason. */
export function StatusOptions({ version, statuses, desk, onChoose }: OptionsProps) {
  const { data, error, loading, refetch } = useQuery(StatusChoicesDocument, {
    variables: { projectId: version.project?.id ?? null },
    notifyOnNetworkStatusChange: true,
  });
  const { wanted, isRefused } = useDesk(desk).of(version.id).status;
  const current = wanted ?? version.sgStatusList;
  const info = data?.fieldInfo;
  if (loading) return <p role="status">What you may choose is being read…</p>;
  return (
    <Choices
      choices={statuses.offered(info?.choices, current)}
      current={current}
      reason={reasonOf(isRefused, info?.editable)}
      onChoose={onChoose}
    >
      {error === undefined ? null : (
        <>
          <p>What you may choose could not be read.</p>
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => void refetch().catch(() => undefined)}
          >
            Try again
          </button>
        </>
      )}
    </Choices>
  );
}

interface ChoicesProps {
  readonly choices: readonly Status[];
  readonly current: string | null | undefined;
  /** Why none of them may be chosen. */
  readonly reason: string | null;
  readonly onChoose: (code: string) => void;
  readonly children: ReactNode;
}

function Choices({ choices, current, reason, onChoose, children }: ChoicesProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const items = list.current;
    (items?.querySelector<HTMLElement>('[aria-checked="true"]') ?? items?.querySelector('button'))?.focus();
  }, []);
  const isRefused = reason !== null;
  return (
    <div ref={list} role="none">
      {isRefused ? (
        <p id="status-reason" data-testid="status-reason">
          {reason}
        </p>
      ) : null}
      {choices.map(({ code, label, colour }) => (
        <button
          key={code}
          type="button"
          role="menuitemradio"
          aria-checked={code === current}
          // Not `disabled`: the keyboard comes here too, and the reason is read out.
          aria-disabled={isRefused || undefined}
          aria-describedby={isRefused ? 'status-reason' : undefined}
          tabIndex={-1}
          data-testid={`status-option-${code}`}
          onClick={() => (isRefused ? undefined : onChoose(code))}
        >
          <i style={{ background: colour }} />
          {label}
        </button>
      ))}
      {children}
    </div>
  );
}

function reasonOf(isRefused: boolean, isEditable: boolean | undefined): string | null {
  if (isRefused) return 'ShotGrid does not let you change the status of this Version.';
  return isEditable === false ? 'ShotGrid does not let you change the status of Versions.' : null;
}
