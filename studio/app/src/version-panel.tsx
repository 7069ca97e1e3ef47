import type { VersionFieldsFragment } from './gql/graphql.ts';
import { NoteForm } from './note-form.tsx';
import { placeOf } from './version-card.tsx';

interface PanelProps {
  readonly version: VersionFieldsFragment;
  readonly onClose: () => void;
}

/** One Version in detail, with the note that is written to it. */
export function VersionPanel({ version, onClose }: PanelProps) {
  return (
    <aside className="panel" aria-label={version.code ?? 'Version'}>
      <button type="button" className="button close" onClick={onClose} aria-label="Close">
        ×
      </button>
      {version.image ? <img src={version.image} alt={version.code ?? ''} /> : null}
      <h2>{version.code}</h2>
      <dl>
        <dt>Link</dt>
        <dd>{placeOf(version)}</dd>
        <dt>Task</dt>
        <dd>{version.sgTask?.name ?? '–'}</dd>
        <dt>Artist</dt>
        <dd>{version.user?.name ?? '–'}</dd>
        <dt>Project</dt>
        <dd>{version.project?.name ?? '–'}</dd>
      </dl>
      <p>{version.description}</p>
      <NoteForm version={version} />
    </aside>
  );
}
