import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';
import type { NoteWork } from './desk.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Picture } from './picture.tsx';

interface CardProps {
  readonly version: VersionFieldsFragment;
  readonly note: NoteWork;
  readonly isTabStop: boolean;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onFocus: () => void;
  /** The status menu. */
  readonly children: ReactNode;
}

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** The day a Version was made, in the reader's own calendar. */
export function dayOf({ createdAt }: VersionFieldsFragment): string | null {
  return createdAt ? DAY.format(new Date(createdAt)) : null;
}

/** `bridge · bridge_0040`: the sequence where the entity is a shot. */
export function placeOf({ entity }: VersionFieldsFragment): string {
  if (!entity) return 'No link';
  const sequence = entity.__typename === 'Shot' ? entity.sgSequence?.name : null;
  return [sequence, entity.name].filter(Boolean).join(' · ');
}

/** The whole card opens, but for what has a click of its own and for words that are being marked. */
function opens({ target, currentTarget }: MouseEvent): boolean {
  if (!(target instanceof Element)) return false;
  const other = target.closest('.status, button:not(.picture), a, input');
  return !(other && currentTarget.contains(other)) && getSelection()?.isCollapsed !== false;
}

/** What of a note is not yet in ShotGrid. */
function unsentOf({ subject, content, state }: NoteWork): string | null {
  if (state === 'sending') return 'A note is being sent…';
  if (typeof state === 'object')
    return state.outcome === 'unknown' ? 'A note may not have arrived' : 'A note was not sent';
  return subject || content ? 'A note is half written' : null;
}

export function VersionCard({ version, note, isTabStop, isOpen, onOpen, onFocus, children }: CardProps) {
  const name = version.code ?? `Version ${version.id}`;
  const unsent = unsentOf(note);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && event.target === event.currentTarget) onOpen();
  };
  return (
    <li
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={isTabStop ? 0 : -1}
      className={isOpen ? 'card open' : 'card'}
      data-testid="version-row"
      data-version-id={version.id}
      aria-label={name}
      aria-current={isOpen}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      onClick={(event) => (opens(event) ? onOpen() : undefined)}
    >
      <Picture version={version} opens />
      <h2>{name}</h2>
      <p className="place">{placeOf(version)}</p>
      <p className="facts">
        <span>{version.sgTask?.name ?? 'No task'}</span>
        <span>{version.user?.name ?? 'Nobody'}</span>
        {version.createdAt ? <time dateTime={version.createdAt}>{dayOf(version)}</time> : null}
      </p>
      {unsent === null ? null : (
        <p className="unsent" data-testid="note-unsent">
          {unsent}
        </p>
      )}
      {children}
    </li>
  );
}
