import { type ClassType, Field, ID, InterfaceType, Int, ObjectType } from 'type-graphql';
import { UNEXPOSED_TYPE } from '../../query/decode/field-values.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import { describeField } from './describe-field.ts';
import { createFileType, createImageType } from './file-value-types.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { scalarOf } from './scalars.ts';

/** The classes of the types that records have. */
export interface EntityTypes {
  /** The interface `Node`. */
  readonly node: NamedClass;
  /** The interface `Entity`. */
  readonly entity: NamedClass;
  /** For links to types that are not exposed. */
  readonly unexposed: NamedClass;
  /** `Url`. */
  readonly file: ClassType;
  /** By system name. */
  readonly byType: ReadonlyMap<string, NamedClass>;
}

/** Creates the interface `Entity` and one object type per exposed type. */
export function createEntityTypes(schema: ExposedSchema): EntityTypes {
  const node = nodeInterface();
  const entity = entityInterface(node);
  const file = createFileType();
  const image = createImageType();
  const byType = new Map([...schema.types.values()].map((type) => [type.type, namedClass(type.graphqlName)]));
  const byGraphqlName = new Map(
    [...schema.types.values()].map((type) => [type.graphqlName, byType.get(type.type) ?? entity]),
  );
  for (const type of schema.types.values()) {
    const target = byType.get(type.type) ?? entity;
    for (const field of type.fields.values())
      addField(target, field, { schema, entity, file, image, byGraphqlName });
    ObjectType(type.graphqlName, {
      description: describeType(type),
      implements: [entity, node],
      simpleResolvers: true,
    })(target);
  }
  const unexposed = namedClass(UNEXPOSED_TYPE);
  ObjectType(UNEXPOSED_TYPE, {
    description: 'An entity of a type that this API does not expose.',
    implements: [entity, node],
    simpleResolvers: true,
  })(unexposed);
  return { node, entity, unexposed, file, byType };
}

/** The type of a node of an interface: the node carries its name. */
export const typeNameOfNode = ({ __typename }: Pick<EntityNode, '__typename'>): string => __typename;

function nodeInterface(): NamedClass {
  const node = namedClass('Node');
  Field(() => ID, { description: 'A unique id across all entity types.' })(node.prototype, 'nodeId');
  InterfaceType('Node', {
    description:
      'The result type of `node`, for clients that identify every row by a single id, such as Relay.',
    resolveType: typeNameOfNode,
  })(node);
  return node;
}

function entityInterface(node: NamedClass): NamedClass {
  const entity = namedClass('Entity');
  Field(() => Int)(entity.prototype, 'id');
  Field(() => String, { description: "ShotGrid's name of the type." })(entity.prototype, 'type');
  Field(() => String, { nullable: true, description: 'The display name, as links show it.' })(
    entity.prototype,
    'name',
  );
  InterfaceType('Entity', {
    description: 'A ShotGrid record. A link always has these fields, without a further call.',
    implements: node,
    resolveType: typeNameOfNode,
  })(entity);
  return entity;
}

interface FieldTargets {
  readonly schema: ExposedSchema;
  readonly entity: NamedClass;
  readonly file: ClassType;
  readonly image: ClassType;
  readonly byGraphqlName: ReadonlyMap<string, NamedClass>;
}

function addField(target: NamedClass, field: ExposedField, targets: FieldTargets): void {
  const type = typeOf(field, targets);
  const isList = field.valueType.shown === 'links';
  Field(() => (isList ? [type] : type), {
    // If a person may not see the linked row, each of its fields is null.
    nullable: true,
    description: describeField(field, targets.schema),
  })(target.prototype, field.graphqlName);
}

function typeOf(field: ExposedField, { entity, file, image, byGraphqlName }: FieldTargets): object {
  if (field.valueType.shown === 'file') return file;
  if (field.valueType.shown === 'image') return image;
  return scalarOf(field) ?? (field.target === null ? entity : (byGraphqlName.get(field.target) ?? entity));
}

function describeType(type: ExposedType): string {
  return type.displayName.trim() === type.type
    ? `\`${type.type}\` of ShotGrid.`
    : `${type.displayName.trim()} (\`${type.type}\` of ShotGrid).`;
}
