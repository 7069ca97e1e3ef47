import { buildSchema, introspectionTypes, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { withBoundedArguments } from '../../../src/graphql/execution/bounded-input.ts';
import { withOwnResolvers } from '../../../src/graphql/resolve/own-resolvers.ts';
import { withUpstreams } from '../../../src/graphql/systems/upstreams.ts';

/** They are one for all schemas of the process, also those that a studio's classes make with the library. */
const resolvers = () =>
  introspectionTypes
    .filter(isObjectType)
    .flatMap((type) => Object.values(type.getFields()).map(({ resolve }) => resolve));

it("the library's types of introspection keep their resolvers when a schema gets ours", () => {
  const before = resolvers();
  withUpstreams(withBoundedArguments(withOwnResolvers(buildSchema('type Query { shots(first: Int): Int }'))));
  expect(resolvers()).toEqual(before);
  expect(before.length).toBeGreaterThan(20);
});
