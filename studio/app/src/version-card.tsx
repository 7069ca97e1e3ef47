import type { KeyboardEvent } from 'react';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { StatusMenu } from './status-menu.tsx';
import type { StatusChoice } from './statuses.ts';

interface CardProps {
  readonly version: VersionFieldsFragment;
  readonly choices: readonly StatusChoice[];
  readonly isTabStop: boolean;
  readonly isOpen: boolean;
  readonly isMenuOpen: boolean;
  readonly onOpen: () => void;
  readonly onFocus: () => void;
  readonly onMenu: (isOpen: boolean) => void;
}

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** `bridge · bridge_0040`: the sequence where the entity is a shot. */
export function placeOf({ entity }: VersionFieldsFragment): string {
  if (!entity) return '';
  const sequence = entity.__typename === 'Shot' ? (entity.sgSequence?.name ?? null) : null;
  return sequence === null ? (entity.name ?? '') : `${sequence} · ${entity.name ?? ''}`;
}

export function VersionCard({
  version,
  choices,
  isTabStop,
  isOpen,
  isMenuOpen,
  onOpen,
  onFocus,
  onMenu,
}: CardProps) {
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
      aria-label={version.code ?? `Version ${version.id}`}
      onFocus={onFocus}
      onKeyDown={open}
    >
      <button
        type="button"
        className="picture"
        tabIndex={-1}
        onClick={onOpen}
        aria-label={`Open ${version.code ?? ''}`}
      >
        {version.image ? <img src={version.image} alt="" loading="lazy" /> : <span>No picture</span>}
      </button>
      <h2>{version.code}</h2>
      <p className="place">{placeOf(version)}</p>
      <p className="facts">
        <span>{version.sgTask?.name ?? 'No task'}</span>
        <span>{version.user?.name ?? 'Nobody'}</span>
        {version.createdAt ? (
          <time dateTime={version.createdAt}>{DAY.format(new Date(version.createdAt))}</time>
        ) : null}
      </p>
      <StatusMenu version={version} choices={choices} isOpen={isMenuOpen} onToggle={onMenu} />
    </li>
  );
}
