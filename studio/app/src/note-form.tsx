import { useMutation } from '@apollo/client/react';
import { type FormEvent, useState } from 'react';
import { WRITE_NOTE } from './documents.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Refusal } from './notices.tsx';
import { problemOf, type Problem } from './problem.ts';

/** A note as far as it is written. */
export interface Draft {
  readonly subject: string;
  readonly content: string;
}

export const EMPTY_DRAFT: Draft = { subject: '', content: '' };

interface NoteFormProps {
  readonly version: VersionFieldsFragment;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
}

type State = 'writing' | 'sending' | 'sent' | Problem;

/** A note to the Version, linked to its task. What was written stays until ShotGrid has it. */
export function NoteForm({ version, draft, onDraft }: NoteFormProps) {
  const [writeNote] = useMutation(WRITE_NOTE);
  const [state, setState] = useState<State>('writing');
  const { project, sgTask } = version;

  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!project || state === 'sending') return;
    setState('sending');
    const input = {
      ...draft,
      project: { type: 'Project', id: project.id },
      noteLinks: [{ type: 'Version', id: version.id }],
      tasks: sgTask ? [{ type: 'Task', id: sgTask.id }] : [],
    };
    writeNote({ variables: { input } }).then(
      () => {
        onDraft(EMPTY_DRAFT);
        setState('sent');
      },
      (error: unknown) => setState(problemOf(error, 'note')),
    );
  };
  const change = (part: Partial<Draft>): void => {
    onDraft({ ...draft, ...part });
    if (state === 'sent') setState('writing');
  };

  return (
    <form className="note" onSubmit={send} data-testid="note-form">
      <h3>Write a note</h3>
      <label>
        Subject
        <input
          name="subject"
          autoComplete="off"
          readOnly={state === 'sending'}
          value={draft.subject}
          onChange={(event) => change({ subject: event.target.value })}
          required
        />
      </label>
      <label>
        Note
        <textarea
          name="content"
          rows={4}
          readOnly={state === 'sending'}
          value={draft.content}
          onChange={(event) => change({ content: event.target.value })}
          required
        />
      </label>
      <button type="submit" className="button primary" disabled={state === 'sending' || !project}>
        {state === 'sending' ? 'Sending…' : 'Send'}
      </button>
      {project ? null : <p className="quiet">This Version has no project, so it can have no note.</p>}
      {state === 'sent' ? (
        <p role="status" className="sent" data-testid="note-sent">
          The note is in ShotGrid.
        </p>
      ) : null}
      {typeof state === 'object' ? <Refusal problem={state} testId="note-refusal" /> : null}
    </form>
  );
}
