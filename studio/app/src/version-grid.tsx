import { type KeyboardEvent, useRef, useState } from 'react';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { MovieForm } from './movie-form.tsx';
import { type Draft, EMPTY_DRAFT, NoteForm } from './note-form.tsx';
import { StatusMenu } from './status-menu.tsx';
import type { Statuses } from './statuses.ts';
import { useUploads } from './use-uploads.ts';
import { VersionCard } from './version-card.tsx';
import { VersionPanel } from './version-panel.tsx';

interface GridProps {
  readonly versions: readonly VersionFieldsFragment[];
  readonly statuses: Statuses;
}

/** Where the status menu is open: one Version can show it on its card and in the panel. */
type MenuPlace = `${'card' | 'panel'} ${number}`;

/** The cards; arrows move, Enter opens, s opens the status menu, Esc closes. An open panel follows the arrows. */
export function VersionGrid({ versions, statuses }: GridProps) {
  const [focusedId, setFocusedId] = useState<number | null>(null);
  const [openId, setOpenId] = useState<number | null>(null);
  const [menuAt, setMenuAt] = useState<MenuPlace | null>(null);
  const [drafts, setDrafts] = useState<Readonly<Record<number, Draft>>>({});
  const uploads = useUploads();
  const list = useRef<HTMLUListElement>(null);
  const opened = versions.find(({ id }) => id === openId);
  const tabStopId = focusedId ?? versions[0]?.id;

  const cards = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('.card') ?? [])];
  const moveTo = (index: number): void => {
    const target = versions[index];
    if (target === undefined) return;
    cards()[index]?.focus();
    if (opened !== undefined) setOpenId(target.id);
  };
  const close = (): void => {
    setOpenId(null);
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
      isTabStop={isTabStop}
      isOpen={menuAt === place}
      onToggle={(isOpen) => setMenuAt(isOpen ? place : null)}
    />
  );

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <main className={opened === undefined ? 'room' : 'room with-panel'} onKeyDown={onKeyDown}>
      <div>
        <ul className="grid" ref={list}>
          {versions.map((version) => (
            <VersionCard
              key={version.id}
              version={version}
              isTabStop={version.id === tabStopId}
              isOpen={version.id === openId}
              onOpen={() => setOpenId(version.id)}
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
        <VersionPanel version={opened} onClose={close} status={menuOf(opened, `panel ${opened.id}`, true)}>
          <MovieForm version={opened} uploads={uploads} />
          <NoteForm
            key={opened.id}
            version={opened}
            draft={drafts[opened.id] ?? EMPTY_DRAFT}
            onDraft={(draft) => setDrafts((all) => ({ ...all, [opened.id]: draft }))}
          />
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
