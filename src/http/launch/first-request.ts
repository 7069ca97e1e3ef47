import { randomUUID } from 'node:crypto';
import type { LaunchId } from '../../base/ids.ts';
import { duringRequest } from '../../base/logger.ts';
import { beginsFirsts } from '../../config/tools/asking.ts';
import type { FirstRequest, RequestWork } from '../../graphql/graphql.ts';
import type { Session } from '../../identity/person/principal.ts';
import type { Launch } from '../../launch/launch.ts';
import { type FirstOperation, isLaunchVariable, type LaunchVariable } from '../../operations/first.ts';
import { assertFresh } from '../api/named-document.ts';
import type { HttpDeps } from '../http-deps.ts';
import { endForGood } from '../session/end-for-good.ts';
import { needsLink } from '../session/refused-account.ts';
import { credentialsOf } from '../session/sign-in-flow.ts';

/**
 * Begins what the page of a menu item asks first, once its launch is claimed: as the person, while the browser loads the
 * page. Each passes what a request of this session passes, and nobody waits for it. What refuses it is told by the page's own
 * request.
 */
export function beginFirsts(deps: HttpDeps, session: Session, id: LaunchId): void {
  // Without their own account they can read nothing.
  if (!beginsFirsts(deps.config) || needsLink(session.principal)) return;
  beginEach(deps, session, id).catch((error: unknown) =>
    deps.logger.debug('graphql.first_not_begun', { error }),
  );
}

async function beginEach(deps: HttpDeps, session: Session, id: LaunchId): Promise<void> {
  const launch = await deps.launches.read(id, session.principal);
  if (launch === undefined) return;
  for (const first of deps.operations.firsts(launch.ami)) {
    const variables = valuesOf(first, launch);
    // Its page knows what to ask in its place.
    if (variables === undefined) continue;
    const requestId = randomUUID();
    duringRequest(requestId, () => begin(deps, session, { launchId: id, first, variables, requestId }));
  }
}

interface Early {
  readonly launchId: LaunchId;
  readonly first: FirstOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly requestId: string;
}

function begin(deps: HttpDeps, session: Session, early: Early): void {
  const { launchId, first, variables, requestId } = early;
  const person = session.principal.person.id;
  let describe: (() => RequestWork) | undefined;
  const told = (error: unknown): never => {
    deps.logger.debug('graphql.first_not_begun', { requestId, error });
    throw error;
  };
  deps.graphql.beginFirst({
    ...{ session: session.id, launchId, personId: person },
    ...{ text: first.text, operationName: first.name, variables },
    admit: () =>
      admit(deps, session, early, (work) => {
        describe = work;
      }).catch(told),
    onOutcome(outcome) {
      deps.countFirst(outcome);
      if (outcome === 'begun') return;
      deps.logger.info('graphql.first', { requestId, ...describe?.(), reason: outcome });
      // The request that takes the answer is counted itself.
      if (outcome !== 'taken' && describe !== undefined) void countOne(deps, String(person));
    },
  });
}

/** What every request of the session has to pass. Errors: those of a request. */
async function admit(
  deps: HttpDeps,
  session: Session,
  { first, requestId }: Early,
  onBegun: (describe: () => RequestWork) => void,
): Promise<Awaited<ReturnType<FirstRequest['admit']>>> {
  const { tool, text, name: operationName } = first;
  const named = await deps.operations.named({ tool, text, operationName, ids: [], isFree: false });
  assertFresh(named, { client: null, authTimeMs: session.authTimeMs }, deps);
  const principal = await deps.signIn.recheck(session);
  const person = String(principal.person.id);
  await deps.limits.graphql.assertRoom(person);
  await deps.limits.cost.assertRoom(person);
  return {
    ...{ principal, requestId, named, credentials: credentialsOf(session, deps), onBegun },
    spend: (points) => deps.limits.cost.count(person, points),
    onPersonGone: () => void endForGood(deps, session, requestId),
  };
}

/** What was done is not refused: the next request is. */
async function countOne({ limits }: HttpDeps, person: string): Promise<void> {
  await Promise.allSettled([limits.graphql.count(person), limits.cost.count(person)]);
}

/** Undefined if this launch has no value for a variable that is needed. What need not be given is left out. */
function valuesOf(
  { variables }: FirstOperation,
  launch: Launch,
): Readonly<Record<string, unknown>> | undefined {
  const values: Record<string, unknown> = {};
  for (const { name, isRequired } of variables) {
    const value = isLaunchVariable(name) ? VALUES[name](launch) : null;
    if (value !== null) values[name] = value;
    else if (isRequired) return undefined;
  }
  return values;
}

const idOf = ({ id }: Launch): unknown => id;
const VALUES: Readonly<Record<LaunchVariable, (launch: Launch) => unknown>> = {
  ...{ id: idOf, launch: idOf, launchId: idOf },
  ids: ({ payload }) => payload.ids,
  selectedIds: ({ payload }) => payload.selectedIds,
  entityType: ({ payload }) => payload.entityType,
  projectId: ({ payload }) => payload.project?.id ?? null,
};
