import { useApolloClient } from '@apollo/client/react';
import { type FocusEvent, type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import { type Desk, useDesk } from './desk.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Refusal } from './notices.tsx';
import { setStatus } from './set-status.ts';
import { StatusOptions } from './status-options.tsx';
import type { Statuses } from './statuses.ts';

interface StatusMenuProps {
  readonly version: VersionFieldsFragment;
  readonly statuses: Statuses;
  readonly desk: Desk;
  readonly isTabStop: boolean;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

/** The status as a chip that opens its menu. The new one shows at once; a refusal brings the old one back. */
export function StatusMenu({ version, statuses, desk, isTabStop, isOpen, onToggle }: StatusMenuProps) {
  const client = useApolloClient();
  const { wanted, problem } = useDesk(desk).of(version.id).status;
  const chip = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  /** Where the hand was: the card for a key, the chip for a click. */
  const opener = useRef<HTMLElement | null>(null);
  const current = statuses.look(wanted ?? version.sgStatusList);

  useLayoutEffect(() => {
    if (!isOpen) return;
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    menu.current?.focus();
  }, [isOpen]);

  const close = (): void => {
    onToggle(false);
    const back = opener.current;
    (back === null || back === document.body ? chip.current : back)?.focus();
  };
  const choose = (status: string): void => {
    close();
    void setStatus(client, desk, version, status);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = [...(menu.current?.querySelectorAll('button') ?? [])];
    const index = items.findIndex((item) => item === document.activeElement);
    const target = { ArrowDown: index + 1, ArrowUp: Math.max(index, 0) - 1, Home: 0, End: -1 }[event.key];
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
        className={wanted === null ? 'chip' : 'chip saving'}
        data-testid="status-chip"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-busy={wanted !== null}
        tabIndex={isTabStop ? 0 : -1}
        style={{ borderColor: current.colour }}
        onClick={() => (isOpen ? close() : onToggle(true))}
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
          <StatusOptions version={version} statuses={statuses} desk={desk} onChoose={choose} />
        </div>
      ) : null}
      {problem === null ? null : <Refusal problem={problem} testId="status-refusal" />}
    </div>
  );
}
