import type { KeyboardEvent, ReactNode } from 'react';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Picture } from './picture.tsx';

interface CardProps {
  readonly version: VersionFieldsFragment;
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

export function VersionCard({ version, isTabStop, isOpen, onOpen, onFocus, children }: CardProps) {
  const name = version.code ?? `Version ${version.id}`;
  const open = (event: KeyboardEvent): void => {
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
      onKeyDown={open}
    >
      <button type="button" className="picture" tabIndex={-1} onClick={onOpen} aria-label={`Open ${name}`}>
        <Picture image={version.image} alt="" />
      </button>
      <h2>{name}</h2>
      <p className="place">{placeOf(version)}</p>
      <p className="facts">
        <span>{version.sgTask?.name ?? 'No task'}</span>
        <span>{version.user?.name ?? 'Nobody'}</span>
        {version.createdAt ? <time dateTime={version.createdAt}>{dayOf(version)}</time> : null}
      </p>
      {children}
    </li>
  );
}
