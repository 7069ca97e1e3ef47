import { type KeyboardEvent, useRef, useState } from 'react';
import { type Desk, useDesk } from './desk.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { MovieForm } from './movie-form.tsx';
import { NoteForm } from './note-form.tsx';
import { StatusMenu } from './status-menu.tsx';
import type { Statuses } from './statuses.ts';
import { VersionCard } from './version-card.tsx';
import { VersionPanel } from './version-panel.tsx';

interface GridProps {
  readonly versions: readonly VersionFieldsFragment[];
  readonly statuses: Statuses;
  readonly desk: Desk;
}

/** Where the status menu is open: one Version can show it on its card and in the panel. */
type MenuPlace = `${'card' | 'panel'} ${number}`;

/** The cards; arrows move, Enter opens, s opens the status menu, Esc closes. An open panel follows the arrows. */
export function VersionGrid({ versions, statuses, desk }: GridProps) {
  const [focusedId, setFocusedId] = useState<number | null>(null);
  const [menuAt, setMenuAt] = useState<MenuPlace | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const { openId } = useDesk(desk);
  const opened = versions.find(({ id }) => id === openId);
  const tabStopId = focusedId ?? opened?.id ?? versions[0]?.id;

  const cards = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('.card') ?? [])];
  const moveTo = (index: number): void => {
    const target = versions[index];
    if (target === undefined) return;
    cards()[index]?.focus();
    if (opened !== undefined) desk.open(target.id);
  };
  const close = (): void => {
    desk.open(null);
    cards()[versions.findIndex(({ id }) => id === tabStopId)]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return opened === undefined ? undefined : close();
    if (event.target instanceof HTMLElement && event.target.closest('form')) return;
    const index = versions.findIndex(({ id }) => id === tabStopId);
    const target = targetOf(event.key, index, cards());
    if (target !== undefined) moveTo(target);
    else if (event.key === 's' && tabStopId !== undefined) setMenuAt(`card ${tabStopId}`);
    else return;
    event.preventDefault();
  };
  const menuOf = (version: VersionFieldsFragment, place: MenuPlace, isTabStop: boolean) => (
    <StatusMenu
      key={place}
      version={version}
      statuses={statuses}
      desk={desk}
      isTabStop={isTabStop}
      isOpen={menuAt === place}
      onToggle={(isOpen) => setMenuAt((at) => (isOpen ? place : at === place ? null : at))}
    />
  );

  return (
    <main className={opened === undefined ? 'room' : 'room with-panel'} tabIndex={-1} onKeyDown={onKeyDown}>
      <div>
        <ul className="grid" ref={list}>
          {versions.map((version) => (
            <VersionCard
              key={version.id}
              version={version}
              note={desk.of(version.id).note}
              isTabStop={version.id === tabStopId}
              isOpen={version.id === openId}
              onOpen={() => desk.open(version.id)}
              onFocus={() => setFocusedId(version.id)}
            >
              {menuOf(version, `card ${version.id}`, version.id === tabStopId)}
            </VersionCard>
          ))}
        </ul>
        <p className="keys">
          <kbd>arrows</kbd> move <kbd>Enter</kbd> opens <kbd>s</kbd> status <kbd>Esc</kbd> closes
        </p>
      </div>
      {opened === undefined ? null : (
        <VersionPanel
          version={opened}
          desk={desk}
          onClose={close}
          status={menuOf(opened, `panel ${opened.id}`, true)}
        >
          <MovieForm version={opened} desk={desk} />
          <NoteForm version={opened} desk={desk} />
        </VersionPanel>
      )}
    </main>
  );
}

/** Index that a key leads to; up and down keep the column, as the cards lie just now. */
function targetOf(key: string, index: number, cards: readonly HTMLElement[]): number | undefined {
  const first = cards[0];
  const columns = cards.filter(({ offsetTop }) => offsetTop === first?.offsetTop).length;
  const last = cards.length - 1;
  const wanted = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    Home: 0,
    End: last,
  }[key];
  return wanted === undefined || wanted < 0 || wanted > last ? undefined : wanted;
}
