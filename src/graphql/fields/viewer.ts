import { type ClassType, Field, ID, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import type { Principal } from '../../identity/person/principal.ts';
import type { GraphqlContext } from '../request/context.ts';
import { addComputedField, addOperation } from '../resolve/own-resolvers.ts';
import { readFollowing } from './follow-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { readNamedBefore } from '../resolve/read-linked.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

/** How the person's reads and writes are made. */
export const ACTING_WAYS = { SUDO: 'sudo', OWN: 'own', REFUSED: 'refused' } as const;

interface ActingShown {
  readonly way: (typeof ACTING_WAYS)[keyof typeof ACTING_WAYS];
  readonly reason: string | null;
  readonly linkUrl: string | null;
}

/** A person whose own account is not linked yet can neither read nor write, and gets the address to link it. */
function shownActing({ acting }: Principal, publicUrl: string): ActingShown {
  if (acting.way === 'sudo') return { way: 'sudo', reason: null, linkUrl: null };
  if (acting.account !== null) return { way: 'own', reason: null, linkUrl: null };
  const { message } = new AppError('OWN_ACCOUNT_NEEDED');
  return { way: 'refused', reason: message, linkUrl: new URL('/auth/link', publicUrl).href };
}

/**
 * Issuer and subject together name an account for ever (OpenID Connect Core, section 2). No issuer has a fragment, so
 * no two pairs have one id. Clients keep what they have read under it, so it must never be another person's.
 */
const shownViewer = ({ principal, publicUrl }: GraphqlContext) => ({
  ...principal,
  id: `${principal.issuer}#${principal.subject}`,
  acting: shownActing(principal, publicUrl),
});

/**
 * The root field `viewer`: the signed-in person, and how we act for them. Costs a call only if more than the
 * person's id is selected.
 */
export function createViewerResolvers(parts: SchemaParts, entity: NamedClass): [NamedClass, ...NamedClass[]] {
  registerEnumType(ACTING_WAYS, {
    name: 'ActingWay',
    description:
      'SUDO: with the script key and sudo_as_login. OWN: with the person’s own ShotGrid account. REFUSED: not at all until the person links that account.',
  });
  const viewer = viewerType();
  const person = parts.types.get('HumanUser') ?? entity;

  const queries = namedClass('ViewerQueries');
  addOperation(queries, {
    kind: 'query',
    name: 'viewer',
    description: 'The person who is signed in.',
    args: [],
    returns: () => viewer,
    isCertain: true,
    run: ({ context }) => shownViewer(context),
  });
  Resolver()(queries);

  const fields = namedClass('ViewerFields');
  addComputedField<Principal>(fields, {
    name: 'person',
    description: 'The person in ShotGrid.',
    returns: () => person,
    run: (call) => readNamedBefore(parts, call, call.root.person),
  });
  addComputedField<Principal>(fields, {
    name: 'following',
    description: 'The entities that the person follows and may see.',
    returns: () => [entity],
    run: (call) => readFollowing(parts, call),
  });
  Resolver(() => viewer)(fields);
  return [queries, fields];
}

function viewerType(): ClassType {
  @ObjectType({ description: 'How ShotGrid is read and written for the person.' })
  class Acting {
    @Field(() => ACTING_WAYS)
    way!: string;

    @Field(() => String, { nullable: true, description: 'The reason, if the way is REFUSED.' })
    reason!: string | null;

    @Field(() => String, {
      nullable: true,
      description: 'The page on which the person can link their own account; add returnTo.',
    })
    linkUrl!: string | null;
  }

  @ObjectType({ description: 'The person at the identity provider and in ShotGrid.' })
  class Viewer {
    @Field(() => ID, {
      description: 'The id of the account at the identity provider. It is the same in every session.',
    })
    id!: string;

    @Field(() => String)
    issuer!: string;

    @Field(() => String)
    subject!: string;

    @Field(() => String)
    displayName!: string;

    @Field(() => String, { nullable: true })
    email!: string | null;

    @Field(() => String, { description: 'The login that the server acts as in ShotGrid.' })
    login!: string;

    @Field(() => String, { nullable: true, description: 'The permission role in ShotGrid.' })
    permissionRole!: string | null;

    @Field(() => Acting)
    acting!: Acting;
  }
  return Viewer;
}
