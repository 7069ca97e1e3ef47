import 'reflect-metadata';
import { type GraphQLSchema, isInterfaceType, lexicographicSortSchema } from 'graphql';
import { type ClassType, buildSchemaSync, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { maxRowsOf } from '../query/plan/site-limits.ts';
import type { ExposedSchema } from '../site/expose.ts';
import { createBatchResolvers } from './fields/batch-resolver.ts';
import { createConnection, createPageInfo } from './types/connections.ts';
import { createEntityResolver } from './fields/entity-resolver.ts';
import { createEntityTypes, typeNameOfNode } from './types/entity-types.ts';
import { createFieldInfoResolver } from './fields/field-info-resolver.ts';
import { createFileResolver } from './fields/file-resolvers.ts';
import { createFilterInputs } from './types/filter-inputs.ts';
import { createFollowResolver } from './fields/follow-resolvers.ts';
import { createLaunchResolvers } from './fields/launch-resolvers.ts';
import { createMutationResolver } from './fields/mutation-resolvers.ts';
import { withEmptyStore } from './types/decorator-store.ts';
import type { NamedClass } from './types/named-class.ts';
import { createOperatorInputs } from './types/operators.ts';
import { withOwnResolvers } from './resolve/own-resolvers.ts';
import { createNodeIds } from './fields/node-ids.ts';
import { createNodeResolver, withNodeIds } from './fields/node-resolver.ts';
import { createPlaylistResolvers } from './fields/playlist-resolvers.ts';
import { createQueryResolver } from './fields/query-resolvers.ts';
import type { SchemaParts } from './resolve/schema-parts.ts';
import { createSearchResolvers } from './fields/search-resolver.ts';
import { createSelectionReader } from './request/selection-of.ts';
import { createSortInputs } from './types/sort-input.ts';
import { createSummaryResolver } from './fields/summary-resolver.ts';
import { createSummaryTypes } from './fields/summary-types.ts';
import { createThreadResolvers } from './fields/thread-resolvers.ts';
import { createViewerResolvers } from './fields/viewer.ts';
import { createSharedInputs, createWriteInputs, type SharedInputs } from './types/write-inputs.ts';

const SORT_DIRECTIONS = { ASC: 'asc', DESC: 'desc' };
const TIME_UNITS = { HOUR: 'HOUR', DAY: 'DAY', WEEK: 'WEEK', MONTH: 'MONTH', YEAR: 'YEAR' };

/** The site, and the limits that descriptions mention. */
export interface BuildOptions {
  readonly exposed: ExposedSchema;
  readonly maxFirst: number;
  readonly maxBatch: number;
  /** Public address of the ShotGrid site, for links to its pages. */
  readonly siteUrl: string;
}

/**
 * Builds the GraphQL schema of a site from its exposed types, without code generation. type-graphql stores
 * decorator data globally per process, so each build declares everything again in an empty store.
 */
export const buildGraphqlSchema = (options: BuildOptions): GraphQLSchema =>
  withEmptyStore(() => buildFromTypes(options));

function buildFromTypes({ exposed, siteUrl, ...limits }: BuildOptions): GraphQLSchema {
  const sortDirection = { ...SORT_DIRECTIONS };
  const timeUnit = { ...TIME_UNITS };
  registerEnumType(sortDirection, { name: 'SortDirection' });
  registerEnumType(timeUnit, { name: 'TimeUnit' });
  const shared = createSharedInputs(timeUnit);
  const { node, entity, unexposed, file, byType } = createEntityTypes(exposed);
  const nodeIds = createNodeIds(siteUrl);
  // A page is read with the row before it and the one after it.
  const maxFirst = Math.min(limits.maxFirst, maxRowsOf(exposed.facts) - 2);
  const parts = schemaParts({
    exposed,
    limits: { ...limits, maxFirst },
    entity,
    file,
    types: byType,
    shared,
    sortDirection,
  });
  const resolvers: [NamedClass, ...NamedClass[]] = [
    ...createViewerResolvers(parts, entity),
    ...createLaunchResolvers(parts, entity, siteUrl),
    createNodeResolver(parts, node, nodeIds),
    ...featureResolvers(parts),
    ...typeResolvers(parts),
  ];
  const schema = buildSchemaSync({
    resolvers,
    orphanedTypes: [unexposed, ...byType.values()],
    validate: false,
    skipCheck: true,
    // type-graphql would look up each field's name in an object, which inherits names such as `constructor`.
    disableInferringDefaultValues: true,
  });
  return withNodeIds(withOwnResolvers(lexicographicSortSchema(withPlainTypeNames(schema))), nodeIds);
}

/**
 * type-graphql resolves the type of each link through a promise. The node carries its type name, so no promise is
 * needed.
 */
function withPlainTypeNames(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) type.resolveType = typeNameOfNode;
  }
  return schema;
}

interface PartsOptions {
  readonly exposed: ExposedSchema;
  readonly limits: Pick<SchemaParts, 'maxFirst' | 'maxBatch'>;
  readonly entity: NamedClass;
  readonly file: NamedClass;
  readonly types: ReadonlyMap<string, NamedClass>;
  readonly shared: SharedInputs;
  readonly sortDirection: object;
}

function schemaParts({ exposed, limits, types, shared, sortDirection, ...base }: PartsOptions): SchemaParts {
  const pageInfo = createPageInfo();
  const operators = createOperatorInputs(shared.reference, shared.timeSpan);
  const all = [...exposed.types.values()];
  return {
    schema: exposed,
    selections: createSelectionReader(exposed),
    ...base,
    reference: shared.reference,
    types,
    sorts: createSortInputs(exposed, sortDirection),
    filters: createFilterInputs(exposed, operators, shared),
    connections: new Map(
      all.flatMap((type) => {
        const node = types.get(type.type);
        return node === undefined ? [] : [[type.type, createConnection(type, node, pageInfo)] as const];
      }),
    ),
    writes: new Map(
      all.flatMap((type) => {
        const inputs = createWriteInputs(exposed, type, shared);
        return inputs === undefined ? [] : [[type.type, inputs] as const];
      }),
    ),
    sortDirection,
    deletePayload: deletePayload(base.entity),
    ...limits,
  };
}

function deletePayload(entity: NamedClass): ClassType {
  @ObjectType({ simpleResolvers: true })
  class DeletePayload {
    @Field(() => Int)
    id!: number;

    @Field(() => String)
    type!: string;

    @Field(() => entity, {
      description:
        'The deleted record, as `__typename` and `id` for client caches. Its other fields are null, except `type`.',
    })
    deleted!: object;
  }
  return DeletePayload;
}

/** Resolvers of features that are not rows of one type. */
function featureResolvers(parts: SchemaParts): NamedClass[] {
  return [
    createEntityResolver(parts),
    createFieldInfoResolver(parts),
    createFollowResolver(parts),
    ...createSearchResolvers(parts),
    ...createThreadResolvers(parts),
    ...createPlaylistResolvers(parts),
    ...createBatchResolvers(parts),
    createFileResolver(parts),
  ];
}

function typeResolvers(parts: SchemaParts): NamedClass[] {
  const summaries = createSummaryTypes(parts);
  const ofTypes = [...parts.schema.types.values()].flatMap((type) => {
    const inputs = parts.writes.get(type.type);
    return [
      createQueryResolver(parts, type),
      createSummaryResolver(parts, summaries, type),
      ...(inputs === undefined ? [] : [createMutationResolver(parts, type, inputs)]),
    ];
  });
  return [summaries.resolver, ...ofTypes];
}
