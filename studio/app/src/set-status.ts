import type { ApolloClient } from '@apollo/client';
import type { Desk } from './desk.ts';
import { SetStatusDocument, VersionStatusFragmentDoc, type VersionFieldsFragment } from './gql/graphql.ts';
import { type Problem, problemOf } from './problem.ts';

/**
 * Brings a status into ShotGrid. One write at a time for each Version: two at once may arrive in the other order. What is
 * chosen meanwhile is written next, and only the last of it.
 */
export async function setStatus(
  client: ApolloClient,
  desk: Desk,
  { id, sgStatusList }: Pick<VersionFieldsFragment, 'id' | 'sgStatusList'>,
  status: string,
): Promise<void> {
  const before = desk.of(id).status;
  const isUnderWay = before.wanted !== null;
  if (!isUnderWay && status === sgStatusList) return;
  desk.change(id, { status: { ...before, wanted: status, problem: null } });
  if (isUnderWay) return;
  for (let next = status; ;) {
    const problem = await writeOnce(client, id, next);
    const { status: now } = desk.of(id);
    if (now.wanted !== null && now.wanted !== next) {
      next = now.wanted;
      continue;
    }
    const isRefused = now.isRefused || problem?.code === 'FORBIDDEN';
    desk.change(id, { status: { wanted: null, problem, isRefused } });
    return;
  }
}

async function writeOnce(client: ApolloClient, id: number, status: string): Promise<Problem | null> {
  try {
    await client.mutate({ mutation: SetStatusDocument, variables: { id, status } });
    return null;
  } catch (error) {
    const problem = problemOf(error, 'status');
    if (problem.outcome !== 'done') return problem;
    // ShotGrid has it, and only the answer was lost.
    const data = { __typename: 'Version' as const, id, sgStatusList: status };
    client.cache.writeFragment({
      id: client.cache.identify(data) ?? '',
      fragment: VersionStatusFragmentDoc,
      data,
    });
    return null;
  }
}
