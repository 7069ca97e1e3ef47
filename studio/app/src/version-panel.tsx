import { type ReactNode, useEffect, useRef } from 'react';
import type { Desk } from './desk.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Picture } from './picture.tsx';
import { RenderJobs } from './render-jobs.tsx';
import { dayOf, placeOf } from './version-card.tsx';

interface PanelProps {
  readonly version: VersionFieldsFragment;
  readonly desk: Desk;
  readonly onClose: () => void;
  readonly status: ReactNode;
  /** The forms. */
  readonly children: ReactNode;
}

/** As in the style sheet: there the panel lies over the cards. */
const COVERS_CARDS = '(max-width: 760px)';

/** One Version in detail. */
export function VersionPanel({ version, desk, onClose, status, children }: PanelProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (matchMedia(COVERS_CARDS).matches) panel.current?.focus();
  }, []);
  const facts = [
    ['Link', placeOf(version)],
    ['Task', version.sgTask?.name],
    ['Artist', version.user?.name],
    ['Project', version.project?.name],
    ['Created', dayOf(version)],
  ] as const;
  return (
    <aside className="panel" aria-label={version.code ?? 'Version'} tabIndex={-1} ref={panel}>
      <header>
        <h2>{version.code}</h2>
        <button type="button" className="button close" onClick={onClose} aria-label="Close">
          ×
        </button>
      </header>
      <Picture version={version} opens={false} />
      {status}
      <dl>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value || '–'}</dd>
          </div>
        ))}
      </dl>
      {version.description ? <p className="description">{version.description}</p> : null}
      <RenderJobs versionId={version.id} desk={desk} />
      {children}
    </aside>
  );
}
