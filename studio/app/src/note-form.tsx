import { useMutation } from '@apollo/client/react';
import { type FormEvent, useState } from 'react';
import { WRITE_NOTE } from './documents.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { problemOf } from './problem.ts';

type State = 'writing' | 'sending' | 'sent' | { readonly problem: string };

/** A note to the Version, linked to its task. What was written stays until ShotGrid has it. */
export function NoteForm({ version }: { readonly version: VersionFieldsFragment }) {
  const [writeNote] = useMutation(WRITE_NOTE);
  const [subject, setSubject] = useState('');
  const [content, setContent] = useState('');
  const [state, setState] = useState<State>('writing');
  const { project, sgTask } = version;

  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!project) return;
    setState('sending');
    const input = {
      project: { type: 'Project', id: project.id },
      subject,
      content,
      noteLinks: [{ type: 'Version', id: version.id }],
      tasks: sgTask ? [{ type: 'Task', id: sgTask.id }] : [],
    };
    writeNote({ variables: { input } }).then(
      () => {
        setSubject('');
        setContent('');
        setState('sent');
      },
      (error: unknown) => setState({ problem: problemOf(error).text }),
    );
  };

  return (
    <form className="note" onSubmit={send} data-testid="note-form">
      <h3>Write a note</h3>
      <label>
        Subject
        <input name="subject" value={subject} onChange={(event) => setSubject(event.target.value)} required />
      </label>
      <label>
        Note
        <textarea
          name="content"
          rows={4}
          value={content}
          onChange={(event) => setContent(event.target.value)}
          required
        />
      </label>
      <button type="submit" className="button primary" disabled={state === 'sending' || !project}>
        {state === 'sending' ? 'Sending…' : 'Send'}
      </button>
      {state === 'sent' ? (
        <p role="status" className="sent" data-testid="note-sent">
          The note is in ShotGrid.
        </p>
      ) : null}
      {typeof state === 'object' ? (
        <p role="alert" className="refusal">
          {state.problem}
        </p>
      ) : null}
    </form>
  );
}
