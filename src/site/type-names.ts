import pluralize from 'pluralize';
import { isLegalName, withSuffix } from './graphql-names.ts';
import type { GivenName } from './graphql-names.ts';

/**
 * Names of the fixed part of the contract (design 4), so that a type of the site (ShotGrid has one called `Launch`) cannot
 * take them. A rule test holds the list against the emitted schema.
 */
const FIXED_TYPES: ReadonlySet<string> = new Set(
  `Query Mutation Subscription Int Float String Boolean ID SafeInt Date DateTime JSON JSONObject UUID
  Entity UnexposedEntity EntityRefInput MultiLinkInput DeletePayload PageInfo Node Nodes SortDirection
  Viewer Acting ActingWay Launch LaunchPage LaunchColumn LaunchSort LaunchGrouping
  Url UrlInput FileLinkType Image ImageState Upload UploadPart CompletedUpload
  TimeUnit TimeSpanInput FieldChoice GroupingType SummaryGroup SummaryType SummaryValue
  ActivityUpdate BatchKind BatchOperationInput BatchResult SearchHit SearchHitLink ThreadEntry`.split(/\s+/u),
);

/** Fields of Query and Mutation that belong to no entity type. */
const FIXED_ROOT_FIELDS: ReadonlySet<string> = new Set(
  `viewer launch entity search fieldInfo activity followers batch follow unfollow orderPlaylist removeImage
  requestUpload requestUploadParts completeUpload cancelUpload`.split(/\s+/u),
);

/** Endings of the types that are made for each entity type, and of operator inputs. */
const MADE_FOR_TYPES =
  /(?:Filter|Sort|SortField|SummaryField|SummaryInput|GroupingInput|CreateInput|UpdateInput|UpdateOperationInput|Edge)$/u;

const SCHEMA_NAME = /^[A-Z][A-Za-z0-9]*$/u;

/** The GraphQL name of an entity type: its schema name, or `<name>Entity` where that is ours. */
export function typeName(type: string): GivenName {
  if (!SCHEMA_NAME.test(type)) {
    return { name: capitalised(withSuffix(type, type)), reason: 'its own name is not legal in GraphQL' };
  }
  if (isReservedTypeName(type)) {
    return { name: `${type}Entity`, reason: `"${type}" is a fixed type of the API` };
  }
  return { name: type, reason: null };
}

/** True for names that no entity type may have, be it by `expose.yml` or by itself. */
export const isReservedTypeName = (name: string): boolean =>
  FIXED_TYPES.has(name) || FIXED_ROOT_FIELDS.has(lowerFirst(name)) || MADE_FOR_TYPES.test(name);

/** True for what `expose.yml` may give to a type as its name. */
export const isUsableTypeName = (name: string): boolean =>
  isLegalName(name) && /^[A-Z]/u.test(name) && !isReservedTypeName(name);

export interface RootFields {
  /** Reads one by its id: `shot`. */
  readonly one: string;
  /** Reads a page: `shots`; `softwareList` where the plural is no other word. */
  readonly many: string;
  /** Reads rows by their ids: `shotsByIds`. */
  readonly byIds: string;
  /** Sums up: `summarizeShots`. */
  readonly summarize: string;
}

/** `HumanUser` -> `humanUser`, `humanUsers`; the last word of the name is put into the plural. */
export function rootFieldNames(graphqlType: string): RootFields {
  const one = lowerFirst(graphqlType);
  const lastWordAt = Math.max(graphqlType.search(/[A-Z][^A-Z]*$/u), 0);
  const plural = pluralize.plural(graphqlType.slice(lastWordAt));
  const many = one.slice(0, lastWordAt) + (lastWordAt === 0 ? lowerFirst(plural) : plural);
  const isTaken = many === one || FIXED_ROOT_FIELDS.has(many) || !isLegalName(many);
  return isTaken ? listFieldNames(graphqlType) : namesAround(one, many);
}

/** The root fields of a type whose plural is taken. */
export function listFieldNames(graphqlType: string): RootFields {
  const one = lowerFirst(graphqlType);
  return namesAround(one, `${one}List`);
}

const namesAround = (one: string, many: string): RootFields => ({
  one,
  many,
  byIds: `${many}ByIds`,
  summarize: `summarize${capitalised(many)}`,
});

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
