import pluralize from 'pluralize';
import { isLegalName, withSuffix } from './graphql-names.ts';
import type { GivenName } from './graphql-names.ts';

/**
 * Types of the API that belong to no type of the site (ShotGrid also has one called `Launch`). A rule test
 * compares the list with the emitted schema.
 */
export const FIXED_TYPES: ReadonlySet<string> = new Set(
  `Query Mutation Subscription Int Float String Boolean ID SafeInt Date DateTime JSON JSONObject UUID
  Entity UnexposedEntity EntityRefInput MultiLinkInput DeletePayload PageInfo Node Nodes SortDirection LinkSort
  BooleanFilter BytesFilter ChoiceFilter DateFilter DateTimeFilter ExactChoiceFilter FloatFilter ImageFilter IntFilter JsonFilter
  LinkFilter TextFilter UuidFilter
  Viewer Acting ActingWay Launch LaunchPage LaunchColumn LaunchSort LaunchGrouping
  Url UrlInput FileLinkType Image ImageState Upload UploadPart CompletedUpload
  TimeUnit TimeSpanInput FieldChoice FieldInfo GroupingType SummaryGroup SummaryType SummaryValue
  ActivityUpdate BatchKind BatchOperationInput BatchResult SearchHit SearchHitLink ThreadEntry`.split(/\s+/u),
);

/** Fields of Query and Mutation that belong to no entity type. */
const FIXED_ROOT_FIELDS: ReadonlySet<string> = new Set(
  `viewer launch entity node search fieldInfo activity followers batch follow unfollow orderPlaylist removeImage
  requestUpload requestUploadParts completeUpload cancelUpload`.split(/\s+/u),
);

/** Endings of names derived from each type of the site. The same test checks them. */
const MADE_FOR_TYPES: readonly string[] = [
  ...['Connection', 'Edge', 'Filter', 'LinkFilter', 'Sort', 'SortField', 'SummaryField', 'SummaryInput'],
  ...['GroupingInput', 'CreateInput', 'UpdateInput', 'UpdateOperationInput'],
];

/** All GraphQL types that exist because of a type of the site. */
export const namesMadeFor = (graphqlType: string): readonly string[] => [
  graphqlType,
  ...MADE_FOR_TYPES.map((ending) => `${graphqlType}${ending}`),
];

/** Of a site's `Thing` and `ThingConnection`, usually only one is exposed: no rename is needed. */
const isLikeMade = (name: string): boolean =>
  MADE_FOR_TYPES.some((ending) => ending !== 'Connection' && name.endsWith(ending));

const SCHEMA_NAME = /^[A-Z][A-Za-z0-9]*$/u;

/** The GraphQL name of an entity type: its schema name, or `<name>Entity` if we use that name ourselves. */
export function typeName(type: string): GivenName {
  if (!SCHEMA_NAME.test(type)) {
    return { name: capitalised(withSuffix(type, type)), reason: 'its own name is not legal in GraphQL' };
  }
  // A name derived from `ThingLink` could equal one derived from `Thing`.
  if (isReservedTypeName(type) || type.endsWith('Link')) {
    return { name: `${type}Entity`, reason: `"${type}", or what is made for it, is a type of the API` };
  }
  return { name: type, reason: null };
}

/** True for names that no entity type may have, by `expose.yml` or by the naming rule. */
export const isReservedTypeName = (name: string): boolean =>
  FIXED_ROOT_FIELDS.has(lowerFirst(name)) ||
  isLikeMade(name) ||
  namesMadeFor(name).some((made) => FIXED_TYPES.has(made));

/** True for names that `expose.yml` may give to a type. */
export const isUsableTypeName = (name: string): boolean =>
  isLegalName(name) && /^[A-Z]/u.test(name) && !isReservedTypeName(name);

export interface RootFields {
  /** Reads one by its id: `shot`. */
  readonly one: string;
  /** Reads a page: `shots`; `softwareList` if the plural equals the singular. */
  readonly many: string;
  /** Reads rows by their ids: `shotsByIds`. */
  readonly byIds: string;
  /** Summarizes: `summarizeShots`. */
  readonly summarize: string;
}

/** `HumanUser` -> `humanUser`, `humanUsers`; the last word of the name is pluralized. */
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
