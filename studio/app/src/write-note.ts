import type { ApolloClient } from '@apollo/client';
import { type Desk, EMPTY_NOTE } from './desk.ts';
import { WriteNoteDocument, type VersionFieldsFragment } from './gql/graphql.ts';
import { problemOf } from './problem.ts';

/** Sends the note that is on the desk. What was written stays there until ShotGrid has it. */
export async function writeNote(
  client: ApolloClient,
  desk: Desk,
  { id, project, sgTask }: VersionFieldsFragment,
): Promise<void> {
  const { subject, content, state } = desk.of(id).note;
  if (!project || state === 'sending') return;
  desk.change(id, { note: { subject, content, state: 'sending' } });
  const input = {
    subject,
    content,
    project: { type: 'Project', id: project.id },
    noteLinks: [{ type: 'Version', id }],
    tasks: sgTask ? [{ type: 'Task', id: sgTask.id }] : [],
  };
  try {
    await client.mutate({ mutation: WriteNoteDocument, variables: { input } });
    desk.change(id, { note: { ...EMPTY_NOTE, state: 'sent' } });
  } catch (error) {
    const problem = problemOf(error, 'note');
    // Sent again it would be there twice.
    const isThere = problem.outcome === 'done';
    desk.change(id, {
      note: isThere ? { ...EMPTY_NOTE, state: 'sent' } : { subject, content, state: problem },
    });
  }
}
