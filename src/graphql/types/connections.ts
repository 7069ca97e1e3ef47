import { Field, Int, ObjectType } from 'type-graphql';
import type { ExposedType } from '../../site/expose.ts';
import { type NamedClass, namedClass } from './named-class.ts';

export function createPageInfo(): NamedClass {
  const pageInfo = namedClass('PageInfo');
  for (const name of ['hasNextPage', 'hasPreviousPage']) Field(() => Boolean)(pageInfo.prototype, name);
  for (const name of ['startCursor', 'endCursor'])
    Field(() => String, { nullable: true })(pageInfo.prototype, name);
  ObjectType('PageInfo', { simpleResolvers: true })(pageInfo);
  return pageInfo;
}

/** The Relay connection of a type. */
export function createConnection(type: ExposedType, node: NamedClass, pageInfo: NamedClass): NamedClass {
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
    description: 'Of all pages together. One call more, beside that of the page; null where that failed.',
  })(connection.prototype, 'totalCount');
  ObjectType(`${type.graphqlName}Connection`, { simpleResolvers: true })(connection);
  return connection;
}
