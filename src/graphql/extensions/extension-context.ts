import { AppError } from '../../base/errors.ts';
import type { SystemClient, SystemRefusal } from '../../systems/connector.ts';
import { refusalBy } from '../../systems/system-errors.ts';
import type { GraphqlContext } from '../request/context.ts';
import { readsOf, type Site, type SiteReads } from './site-reads.ts';

/** What a class of an extension gets of a request, by `@Ctx()`. All of it is of the person of the request. */
export interface ExtensionContext extends SiteReads {
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
  system(this: void, name: string): SystemClient;
  /** Ends the field with a sentence for the person. */
  fail(this: void, refusal: SystemRefusal): never;
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

/** The contexts of one extension: one for each request. They have nothing of the request's own tools. */
export function contextsOf(name: string, site: Site): (context: GraphqlContext) => ExtensionContext {
  const contexts = new WeakMap<GraphqlContext, ExtensionContext>();
  return (context) => {
    const known = contexts.get(context) ?? contextOf(name, site, context);
    contexts.set(context, known);
    return known;
  };
}

function contextOf(extension: string, site: Site, context: GraphqlContext): ExtensionContext {
  const { principal, launch, signal } = context;
  return Object.freeze({
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
    fail(refusal: SystemRefusal) {
      throw refusalBy(extension, refusal);
    },
    ...readsOf(site, context),
  });
}

const launchOf = ({ id, ami, payload }: NonNullable<GraphqlContext['launch']>): ExtensionLaunch => ({
  ...{ id, ami, entityType: payload.entityType, projectId: payload.project?.id ?? null },
  ...{ selectedIds: [...payload.selectedIds], ids: [...payload.ids] },
});
