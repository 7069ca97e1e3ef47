import { useMutation } from '@apollo/client/react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { SET_STATUS } from './documents.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { problemOf } from './problem.ts';
import type { StatusChoice } from './statuses.ts';

interface StatusMenuProps {
  readonly version: VersionFieldsFragment;
  readonly choices: readonly StatusChoice[];
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

/** The status as a chip that opens its menu. The new one shows at once; a refusal brings the old one back. */
export function StatusMenu({ version, choices, isOpen, onToggle }: StatusMenuProps) {
  const [setStatus] = useMutation(SET_STATUS);
  const [refusal, setRefusal] = useState<string | null>(null);
  const menu = useRef<HTMLDivElement>(null);
  const current = choices.find(({ code }) => code === version.sgStatusList);

  useEffect(() => {
    if (isOpen) menu.current?.querySelector('button')?.focus();
  }, [isOpen]);

  const choose = (status: string): void => {
    onToggle(false);
    setRefusal(null);
    setStatus({
      variables: { id: version.id, status },
      optimisticResponse: { updateVersion: { __typename: 'Version', id: version.id, sgStatusList: status } },
    }).catch((error: unknown) => setRefusal(problemOf(error).text));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const index = buttons.findIndex((button) => button === document.activeElement);
    buttons.at((index + step) % buttons.length)?.focus();
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="status">
      <button
        type="button"
        className="chip"
        data-testid="status-chip"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => onToggle(!isOpen)}
      >
        <i style={{ background: current?.colour ?? 'gray' }} />
        {current?.label ?? version.sgStatusList ?? 'No status'}
      </button>
      {isOpen ? (
        <div
          className="menu"
          role="menu"
          tabIndex={-1}
          ref={menu}
          data-testid="status-menu"
          onKeyDown={onKeyDown}
        >
          {choices.map(({ code, label, colour }) => (
            <button
              key={code}
              type="button"
              role="menuitem"
              data-testid={`status-option-${code}`}
              onClick={() => choose(code)}
            >
              <i style={{ background: colour }} />
              {label}
            </button>
          ))}
        </div>
      ) : null}
      {refusal === null ? null : (
        <p className="refusal" role="alert" data-testid="status-refusal">
          {refusal}
        </p>
      )}
    </div>
  );
}
