import type { GraphQLField, GraphQLResolveInfo, GraphQLTypeResolver } from 'graphql';
import type { GraphqlContext } from '../request/context.ts';
import type { RowsSource, ValueSource } from '../resolve/declared-fields.ts';
import { guarded, ofMutation, ofRoot, ofRows, type Origin } from '../systems/connector-resolvers.ts';
import { untilOver } from '../request/in-time.ts';
import { lateValue } from '../systems/upstreams.ts';
import { contextsOf, type ExtensionContext } from './extension-context.ts';
import type { Site } from './site-reads.ts';
import { BATCHED, NEEDS } from './site-types.ts';

/** A field as type-graphql has made it of a class: it checks roles, runs middleware and calls the method. */
export type ClassField = GraphQLField<unknown, ExtensionContext>;

/** The classes of one extension. */
export interface ClassOrigin extends Origin<ExtensionContext> {
  callOf(context: GraphqlContext): ExtensionContext;
}

export const originOf = (name: string, site: Site): ClassOrigin => ({
  name,
  kind: 'class',
  callOf: contextsOf(name, site),
});

/** A field about rows, of ShotGrid or of the extension itself: all rows of a level at once. */
export function ofRowsOfLevel(origin: ClassOrigin, place: string, field: ClassField): RowsSource {
  const source = ofRows(origin, place, async (rows, args, call) => {
    if (isBatched(field)) return run(field, rows, args, call);
    // Each row of one that takes single rows fails by itself.
    return Promise.all(
      rows.map((row) =>
        guarded(origin, place, call.signal, async () => run(field, row, args, call)).catch(asValue),
      ),
    );
  });
  return { ...source, needs: needsOf(field) };
}

export const needsOf = ({ extensions }: ClassField): readonly string[] => {
  const needs = extensions[NEEDS];
  return Array.isArray(needs) ? needs.map(String) : [];
};

const asValue = (error: unknown): unknown => error;

/** Whether the method takes all rows at once. */
export const isBatched = ({ extensions }: { readonly extensions: object }): boolean => BATCHED in extensions;

export const ofQuery = (origin: ClassOrigin, field: ClassField): ValueSource => ({
  kind: 'value',
  resolve: ofRoot(origin, field.name, async (args, call, info) => run(field, undefined, args, call, info)),
});

export const ofChange = (origin: ClassOrigin, field: ClassField): ValueSource => ({
  kind: 'value',
  resolve: ofMutation(origin, field.name, async (args, call, info) =>
    run(field, undefined, args, call, info),
  ),
});

/** A field of a type of the extension itself. */
export function ofOwnValue(origin: ClassOrigin, place: string, field: ClassField): ValueSource {
  return {
    kind: 'value',
    resolve: (root, args, context, info) =>
      guarded(origin, place, context.signal, async () =>
        run(field, root, args, origin.callOf(context), info),
      ),
  };
}

/** The type of a value of an interface or a union, as the classes tell it: in time, and with their small context. */
export function ofClass(
  origin: ClassOrigin,
  type: string,
  resolveType: GraphQLTypeResolver<unknown, ExtensionContext>,
): GraphQLTypeResolver<unknown, GraphqlContext> {
  return async (value, context, info, abstract) => {
    const { signal } = context;
    const telling = resolveType(value, origin.callOf(context), info, abstract);
    const name = await untilOver(signal, telling, () => lateValue(signal, origin.name, type));
    return typeof name === 'string' ? name : undefined;
  };
}

// oxlint-disable-next-line max-params
function run(
  { resolve }: ClassField,
  root: unknown,
  args: Readonly<Record<string, unknown>>,
  call: ExtensionContext,
  info?: GraphQLResolveInfo,
): unknown {
  // Fields without a resolver of their own are not given to these functions. A method on rows has no info: one that
  // takes it is refused at the start.
  return resolve?.(root, args, call, info as GraphQLResolveInfo);
}
