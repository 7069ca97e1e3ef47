import 'reflect-metadata';

/**
 * The door for a studio's own classes: `shotgraph/extension`. Its decorators are type-graphql's own, so that there
 * is one copy of it, and one store of what they declare. docs/extensions.md shows how to use it.
 */
export {
  Arg,
  Args,
  ArgsType,
  Authorized,
  createMethodMiddlewareDecorator,
  createParameterDecorator,
  createUnionType,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  Info,
  InputType,
  Int,
  InterfaceType,
  type MiddlewareFn,
  type MiddlewareInterface,
  Mutation,
  type NextFn,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  type ResolverData,
  Root,
  UseMiddleware,
} from 'type-graphql';
export { Needs, Rows, siteType } from './site-types.ts';
export { DateScalar, DateTimeScalar, JsonScalar } from '../types/scalars.ts';
export type { ExtensionContext, ExtensionLaunch, ExtensionPerson } from './extension-context.ts';
export type { SiteSearch } from './site-reads.ts';
export type { ConnectedRow as SiteRow, SystemClient } from '../../systems/connector.ts';
