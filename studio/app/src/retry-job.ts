import type { ApolloClient } from '@apollo/client';
import type { Desk } from './desk.ts';
import { problemOf } from './problem.ts';
import { RetryRenderJobDocument } from './gql/graphql.ts';

/** Asks the render farm to run a job of the Version again. */
export async function retryJob(
  client: ApolloClient,
  desk: Desk,
  versionId: number,
  jobId: number,
): Promise<void> {
  if (desk.of(versionId).jobs[jobId]?.isSending === true) return;
  const show = (isSending: boolean, problem: ReturnType<typeof problemOf> | null): void =>
    desk.change(versionId, { jobs: { ...desk.of(versionId).jobs, [jobId]: { isSending, problem } } });
  show(true, null);
  try {
    await client.mutate({ mutation: RetryRenderJobDocument, variables: { id: jobId } });
    show(false, null);
  } catch (error) {
    show(false, problemOf(error, 'job'));
  }
}
