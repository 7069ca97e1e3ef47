import { useApolloClient } from '@apollo/client/react';
import type { FormEvent } from 'react';
import { type Desk, type NoteWork, useDesk } from './desk.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Refusal } from './notices.tsx';
import { writeNote } from './write-note.ts';

interface NoteFormProps {
  readonly version: VersionFieldsFragment;
  readonly desk: Desk;
}

/** A note to the Version, linked to its task. */
export function NoteForm({ version, desk }: NoteFormProps) {
  const client = useApolloClient();
  const { note } = useDesk(desk).of(version.id);
  const { subject, content, state } = note;
  const isSending = state === 'sending';
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void writeNote(client, desk, version);
  };
  const change = (part: Partial<NoteWork>): void =>
    desk.change(version.id, { note: { ...note, state: state === 'sent' ? 'writing' : state, ...part } });

  return (
    <form className="note" onSubmit={send} tabIndex={-1} data-testid="note-form" aria-label="Note">
      <h3>Write a note</h3>
      <label>
        Subject
        <input
          name="subject"
          autoComplete="off"
          readOnly={isSending}
          value={subject}
          onChange={(event) => change({ subject: event.target.value })}
          required
        />
      </label>
      <label>
        Note
        <textarea
          name="content"
          rows={4}
          readOnly={isSending}
          value={content}
          onChange={(event) => change({ content: event.target.value })}
          required
        />
      </label>
      {/* Not `disabled` while it sends: the browser would take the focus away. */}
      <button
        type="submit"
        className="button primary"
        disabled={!version.project}
        aria-disabled={isSending || undefined}
      >
        {isSending ? 'Sending…' : 'Send'}
      </button>
      {version.project ? null : <p className="quiet">This Version has no project, so it can have no note.</p>}
      {state === 'sent' ? (
        <p role="status" className="sent" data-testid="note-sent">
          The note is in ShotGrid.
        </p>
      ) : null}
      {typeof state === 'object' ? <Refusal problem={state} testId="note-refusal" /> : null}
    </form>
  );
}
