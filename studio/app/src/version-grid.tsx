import { type KeyboardEvent, useRef, useState } from 'react';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import type { StatusChoice } from './statuses.ts';
import { VersionCard } from './version-card.tsx';
import { VersionPanel } from './version-panel.tsx';

interface GridProps {
  readonly versions: readonly VersionFieldsFragment[];
  readonly choices: readonly StatusChoice[];
  readonly focusedId: number | null;
  readonly onFocus: (id: number) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The cards; arrows move, Enter opens, s opens the status menu, Esc closes. */
export function VersionGrid({ versions, choices, focusedId, onFocus }: GridProps) {
  const [openId, setOpenId] = useState<number | null>(null);
  const [menuId, setMenuId] = useState<number | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const opened = versions.find(({ id }) => id === openId);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const index = versions.findIndex(({ id }) => id === focusedId);
    const step = menuId === null ? STEPS[event.key] : undefined;
    if (step !== undefined) {
      const next = versions[Math.max(0, Math.min(versions.length - 1, index + step))];
      if (next === undefined) return;
      onFocus(next.id);
      list.current?.querySelector<HTMLElement>(`[data-version-id="${next.id}"]`)?.focus();
    } else if (event.key === 's' && focusedId !== null) setMenuId(focusedId);
    else if (event.key === 'Escape') {
      if (menuId !== null) setMenuId(null);
      else setOpenId(null);
    } else return;
    event.preventDefault();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <main className={opened === undefined ? 'room' : 'room with-panel'} onKeyDown={onKeyDown}>
      <ul className="grid" ref={list}>
        {versions.map((version, index) => (
          <VersionCard
            key={version.id}
            version={version}
            choices={choices}
            isTabStop={focusedId === null ? index === 0 : version.id === focusedId}
            isOpen={version.id === openId}
            isMenuOpen={version.id === menuId}
            onOpen={() => setOpenId(version.id)}
            onFocus={() => onFocus(version.id)}
            onMenu={(isOpen) => setMenuId(isOpen ? version.id : null)}
          />
        ))}
      </ul>
      {opened === undefined ? null : (
        <VersionPanel key={opened.id} version={opened} onClose={() => setOpenId(null)} />
      )}
    </main>
  );
}
