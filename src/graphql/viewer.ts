import { Field, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import type { Principal } from '../identity/principal.ts';
import { addComputedField } from './computed-field.ts';
import { readFollowing } from './follow-resolvers.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { addOperation } from './operation.ts';
import type { SchemaParts } from './schema-parts.ts';

/** How reads and writes are made for the person. */
export const ACTING_WAYS = { SUDO: 'sudo' } as const;

/** The root field `viewer`: who asks, and as whom we act. Costs no call unless more of the person is selected. */
export function createViewerResolvers(parts: SchemaParts, entity: NamedClass): NamedClass[] {
  registerEnumType(ACTING_WAYS, { name: 'ActingWay', description: 'SUDO: by script key and sudo_as_login.' });
  const acting = namedClass('Acting');
  Field(() => ACTING_WAYS)(acting.prototype, 'way');
  ObjectType('Acting', { description: 'How ShotGrid is read and written for the person.' })(acting);
  const viewer = viewerType(acting);
  const person = parts.types.get('HumanUser') ?? entity;

  const queries = namedClass('ViewerQueries');
  addOperation(queries, {
    kind: 'query',
    name: 'viewer',
    description: 'The person who is signed in.',
    args: [],
    returns: () => viewer,
    run: ({ context }) => ({ ...context.principal, acting: { way: ACTING_WAYS.SUDO } }),
  });
  Resolver()(queries as never);

  const fields = namedClass('ViewerFields');
  addComputedField<Principal>(fields, {
    name: 'person',
    description: 'The person in ShotGrid.',
    returns: () => person,
    run: ({ root, context, info }) =>
      context.reader.linked(root.person, parts.selections.of(info, 'HumanUser')),
  });
  addComputedField<Principal>(fields, {
    name: 'following',
    description: 'What the person follows, as far as they may see it.',
    returns: () => [entity],
    run: (call) => readFollowing(parts, call),
  });
  Resolver(() => viewer as never)(fields as never);
  return [queries, fields];
}

function viewerType(acting: NamedClass): NamedClass {
  const viewer = namedClass('Viewer');
  const optional = { nullable: true };
  for (const name of ['issuer', 'subject', 'displayName']) Field(() => String)(viewer.prototype, name);
  Field(() => String, optional)(viewer.prototype, 'email');
  Field(() => String, { description: 'The acting login.' })(viewer.prototype, 'login');
  Field(() => String, { nullable: true, description: 'The permission role in ShotGrid.' })(
    viewer.prototype,
    'permissionRole',
  );
  Field(() => acting as never)(viewer.prototype, 'acting');
  ObjectType('Viewer', { description: 'The person at the identity provider and in ShotGrid.' })(viewer);
  return viewer;
}
