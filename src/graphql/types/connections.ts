import { type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { ExposedType } from '../../site/expose.ts';
import { type NamedClass, namedClass } from './named-class.ts';

/** Relay's `PageInfo`. */
export function createPageInfo(): ClassType {
  @ObjectType({ simpleResolvers: true })
  class PageInfo {
    @Field(() => Boolean)
    hasNextPage!: boolean;

    @Field(() => Boolean)
    hasPreviousPage!: boolean;

    @Field(() => String, { nullable: true })
    startCursor!: string | null;

    @Field(() => String, { nullable: true })
    endCursor!: string | null;
  }
  return PageInfo;
}

/** The Relay connection of a type. */
export function createConnection(type: ExposedType, node: NamedClass, pageInfo: ClassType): NamedClass {
  const edge = namedClass(`${type.graphqlName}Edge`);
  Field(() => node)(edge.prototype, 'node');
  Field(() => String)(edge.prototype, 'cursor');
  ObjectType(`${type.graphqlName}Edge`, { simpleResolvers: true })(edge);
  const connection = namedClass(`${type.graphqlName}Connection`);
  Field(() => [node])(connection.prototype, 'nodes');
  Field(() => [edge])(connection.prototype, 'edges');
  Field(() => pageInfo)(connection.prototype, 'pageInfo');
  Field(() => Int, {
    nullable: true,
    description:
      'The number of rows on all pages together. Costs one call, in parallel with the call for the rows if any are selected. Null if that call failed.',
  })(connection.prototype, 'totalCount');
  ObjectType(`${type.graphqlName}Connection`, { simpleResolvers: true })(connection);
  return connection;
}
