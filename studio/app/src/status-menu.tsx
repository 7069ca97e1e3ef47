import { useMutation } from '@apollo/client/react';
import { type FocusEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { SET_STATUS } from './documents.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Refusal } from './notices.tsx';
import { problemOf, type Problem } from './problem.ts';
import type { Statuses } from './statuses.ts';

interface StatusMenuProps {
  readonly version: VersionFieldsFragment;
  readonly statuses: Statuses;
  readonly isTabStop: boolean;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

/** The status as a chip that opens its menu. The new one shows at once; a refusal brings the old one back. */
export function StatusMenu({ version, statuses, isTabStop, isOpen, onToggle }: StatusMenuProps) {
  const [setStatus, { loading }] = useMutation(SET_STATUS);
  const [problem, setProblem] = useState<Problem | null>(null);
  const chip = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const current = statuses.look(version.sgStatusList);

  useEffect(() => {
    if (!isOpen) return;
    const items = menu.current;
    (items?.querySelector<HTMLElement>('[aria-checked="true"]') ?? items?.querySelector('button'))?.focus();
  }, [isOpen]);

  const close = (): void => {
    onToggle(false);
    chip.current?.focus();
  };
  const choose = (status: string): void => {
    close();
    setProblem(null);
    if (status === version.sgStatusList) return;
    setStatus({
      variables: { id: version.id, status },
      optimisticResponse: { updateVersion: { __typename: 'Version', id: version.id, sgStatusList: status } },
    }).catch((error: unknown) => setProblem(problemOf(error, 'status')));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = [...(menu.current?.querySelectorAll('button') ?? [])];
    const index = items.findIndex((item) => item === document.activeElement);
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 }[event.key];
    event.stopPropagation();
    if (event.key === 'Escape') close();
    else if (target !== undefined) items.at(target % items.length)?.focus();
    else return;
    event.preventDefault();
  };
  const onBlur = (event: FocusEvent): void => {
    if (isOpen && !event.currentTarget.contains(event.relatedTarget)) onToggle(false);
  };

  return (
    <div className="status" onBlur={onBlur}>
      <button
        ref={chip}
        type="button"
        className={loading ? 'chip saving' : 'chip'}
        data-testid="status-chip"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-busy={loading}
        tabIndex={isTabStop ? 0 : -1}
        style={{ borderColor: current.colour }}
        onClick={() => onToggle(!isOpen)}
      >
        <i style={{ background: current.colour }} />
        {current.label}
      </button>
      {isOpen ? (
        <div
          className="menu"
          role="menu"
          aria-label="Status"
          tabIndex={-1}
          ref={menu}
          data-testid="status-menu"
          onKeyDown={onKeyDown}
        >
          {statuses.choices.length === 0 ? <p>The statuses could not be read.</p> : null}
          {statuses.choices.map(({ code, label, colour }) => (
            <button
              key={code}
              type="button"
              role="menuitemradio"
              aria-checked={code === version.sgStatusList}
              tabIndex={-1}
              data-testid={`status-option-${code}`}
              onClick={() => choose(code)}
            >
              <i style={{ background: colour }} />
              {label}
            </button>
          ))}
        </div>
      ) : null}
      {problem === null ? null : <Refusal problem={problem} testId="status-refusal" />}
    </div>
  );
}
