import { type GraphQLObjectType, type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql';

type Field = ReturnType<GraphQLObjectType['getFields']>[string];

/**
 * The fields of all object types of a schema, to change them. Types of introspection are left out: they are one for all schemas
 * of the process.
 */
export function* fieldsOfObjects(schema: GraphQLSchema): Generator<readonly [GraphQLObjectType, Field]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) yield [type, field];
  }
}
