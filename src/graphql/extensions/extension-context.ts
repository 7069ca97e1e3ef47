import type { SystemClient } from '../../systems/connector.ts';
import type { GraphqlContext } from '../request/context.ts';
import { AppError } from '../../base/errors.ts';

/** What a class of an extension gets of a request, by `@Ctx()`. All of it is of the person of the request. */
export interface ExtensionContext {
  readonly person: ExtensionPerson;
  /** What was clicked in ShotGrid, where the request names its launch in `x-shotgraph-launch`. */
  readonly launch: ExtensionLaunch | null;
  /** Aborts when the time of the request is over, or the client has left. */
  readonly signal: AbortSignal;
  /**
   * A system of `shotgraph.yml`, called as the person.
   *
   * @throws AppError SYSTEM_UNAVAILABLE if there is none of this name
   */
  system(name: string): SystemClient;
}

export interface ExtensionPerson {
  /** At the identity provider. */
  readonly subject: string;
  /** In ShotGrid. */
  readonly login: string;
  /** Id of the `HumanUser`. */
  readonly id: number;
  readonly displayName: string;
  readonly email: string | null;
  /** The permission role in ShotGrid; null if the person may not see it. */
  readonly role: string | null;
}

export interface ExtensionLaunch {
  readonly id: string;
  /** Name of the menu item. */
  readonly ami: string;
  /** Of the rows; null for an item without rows. */
  readonly entityType: string | null;
  /** The person may not see all of them: `read` tells. */
  readonly selectedIds: readonly number[];
  readonly ids: readonly number[];
  readonly projectId: number | null;
}

const contexts = new WeakMap<GraphqlContext, ExtensionContext>();

/** One for each request. It has nothing of the request's own tools. */
export function contextOf(context: GraphqlContext): ExtensionContext {
  const known = contexts.get(context);
  if (known !== undefined) return known;
  const { principal, launch, signal } = context;
  const made: ExtensionContext = Object.freeze({
    person: Object.freeze({
      subject: principal.subject,
      login: principal.login,
      id: principal.person.id,
      displayName: principal.displayName,
      email: principal.email,
      role: principal.permissionRole,
    }),
    launch: launch === undefined ? null : launchOf(launch),
    signal,
    system(name: string) {
      const call = context.systems(name);
      if (call !== null) return call.system;
      throw new AppError('SYSTEM_UNAVAILABLE', { details: { system: name } });
    },
  });
  contexts.set(context, made);
  return made;
}

const launchOf = ({ id, ami, payload }: NonNullable<GraphqlContext['launch']>): ExtensionLaunch => ({
  ...{ id, ami, entityType: payload.entityType, projectId: payload.project?.id ?? null },
  ...{ selectedIds: [...payload.selectedIds], ids: [...payload.ids] },
});
