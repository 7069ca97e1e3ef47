import { DATA_TYPES, type DataTypes, valueTypeOf } from './data-types/data-types.ts';
import type { ValueType } from './data-types/value-type.ts';
import { didYouMean, type Exposure, type FieldExposure, type TypeExposure } from './exposure.ts';
import { NO_FACTS, type SiteFacts } from './facts/fact-table.ts';
import { enumValueName, fieldName, isLegalName, isReservedFieldName } from './graphql-names.ts';
import { createNameMap, type NameMap, type NameNote } from './names.ts';
import { InverseLinks } from './inverse-links.ts';
import { nearestName } from './nearest-name.ts';
import { SiteSchemaError } from './site-schema-error.ts';
import type { EntityTypeSchema, FieldSchema, SiteSchema } from './site-schema.ts';
import { COMMON_FACTS, typeFacts } from './type-facts.ts';
import { isUsableTypeName, rootFieldNames, type RootFields, typeName } from './type-names.ts';

/** A field that the API exposes. */
export interface ExposedField extends FieldSchema {
  readonly graphqlName: string;
  /** Its value in enums of fields. */
  readonly enumValue: string;
  /** True if no input has it: by the site's schema or by `expose.yml`. */
  readonly readOnly: boolean;
  /** True if only a create may set it; the site's schema calls some of these read-only. */
  readonly createOnly: boolean;
  /** Everything that depends on its data type. */
  readonly valueType: ValueType;
  /** GraphQL name of the link's one exposed type; else null. */
  readonly target: string | null;
}

/** An entity type that the API exposes. `id` is not among its fields: every `Entity` has it. */
export interface ExposedType {
  readonly type: string;
  readonly displayName: string;
  readonly graphqlName: string;
  readonly rootFields: RootFields;
  /** True if it has no writes at all. */
  readonly readOnly: boolean;
  /** By system name, sorted. */
  readonly fields: ReadonlyMap<string, ExposedField>;
  /** Fields of the site that the API hides, by system name. */
  readonly hiddenFields: ReadonlyMap<string, FieldSchema>;
}

export interface ExposedSchema {
  /** By system name, sorted. */
  readonly types: ReadonlyMap<string, ExposedType>;
  /** System names of the site's types that the API hides. */
  readonly hiddenTypes: ReadonlySet<string>;
  /** Whether `expose.yml` hides anything. */
  readonly hidesByRule: boolean;
  readonly names: NameMap;
  /** Links that show one relation from both sides. */
  readonly inverseLinks: InverseLinks;
  /** What was measured at the site; without a measurement nothing is known. */
  readonly facts: SiteFacts;
}

/** The same schema, planned with what was measured at its site. */
export const withFacts = (exposed: ExposedSchema, facts: SiteFacts): ExposedSchema => ({ ...exposed, facts });

/** Link tables: useless to a tool, unless `expose.yml` sets `hide: false`. */
const LINK_TABLES = /Connection$/u;
/** True for types that the API hides, by `expose.yml` or by default. */
export const isTypeHidden = (exposure: Exposure, type: string): boolean =>
  exposure.types.get(type)?.hide ?? (LINK_TABLES.test(type) || typeFacts(type).isHidden === true);

/**
 * The exposed types and fields, with their GraphQL names.
 *
 * @param dataTypes the row of each data type
 * @throws SiteSchemaError with every mistake of `expose.yml`, its line and a suggestion
 */
export function exposeSchema(
  schema: SiteSchema,
  exposure: Exposure,
  dataTypes: DataTypes = DATA_TYPES,
): ExposedSchema {
  const problems = [...unknownNames(schema, exposure), ...impossibleRules(schema, exposure, dataTypes)];
  const notes: NameNote[] = [];
  const naming: Naming = { source: exposure.source, dataTypes, problems, notes };
  const drafts = [...schema.types.values()]
    .filter((type) => !isTypeHidden(exposure, type.type))
    .map((type) => draftOf(type, exposure.types.get(type.type), naming));
  if (drafts.length === 0) problems.push(`${exposure.source}: it hides every type of the site.`);
  if (problems.length > 0) throw new SiteSchemaError(problems);

  const graphqlTypes = new Map(drafts.map((draft) => [draft.type, draft.graphqlName]));
  const names = createNameMap(drafts, notes);
  const types = drafts.map((draft): [string, ExposedType] => [
    draft.type,
    {
      ...draft,
      rootFields: names.rootFields(draft.type) ?? rootFieldNames(draft.graphqlName),
      fields: new Map(
        draft.fields.map((field) => [field.name, { ...field, target: targetOf(field, graphqlTypes) }]),
      ),
    },
  ]);
  const hiddenTypes = [...schema.types.keys()].filter((type) => isTypeHidden(exposure, type));
  return {
    types: new Map(types),
    hiddenTypes: new Set(hiddenTypes),
    hidesByRule: hidesByRule(exposure),
    names,
    inverseLinks: new InverseLinks(schema),
    facts: NO_FACTS,
  };
}

const hidesByRule = ({ types }: Exposure): boolean =>
  [...types.values()].some(
    ({ hide, fields }) => hide === true || [...fields.values()].some((field) => field.hide === true),
  );

/** True if `expose.yml` closes a field that the site lets people write. */
export const isClosedByRule = (field: ExposedField): boolean => field.readOnly && field.editable;

interface Naming {
  readonly source: string;
  readonly dataTypes: DataTypes;
  readonly problems: string[];
  readonly notes: NameNote[];
}

interface FieldDraft extends Omit<ExposedField, 'target'> {
  readonly renamedAt: string | null;
}

interface TypeDraft extends Omit<ExposedType, 'fields' | 'rootFields'> {
  readonly fields: readonly FieldDraft[];
  readonly renamedAt: string | null;
}

function draftOf(type: EntityTypeSchema, rules: TypeExposure | undefined, naming: Naming): TypeDraft {
  const given = typeName(type.type);
  const graphqlName = renamed(rules, isUsableTypeName, naming) ?? given.name;
  if (graphqlName === given.name) note(type.type, given.name, given.reason, naming);
  const isFieldShown = (field: FieldSchema): boolean =>
    isShown(field, rules?.fields.get(field.name), naming.dataTypes);
  const fields = [...type.fields.values()];
  return {
    type: type.type,
    displayName: type.displayName,
    graphqlName,
    renamedAt: renamedAt(rules, naming),
    readOnly: rules?.readOnly ?? false,
    fields: fields.filter(isFieldShown).map((field) => draftOfField(type.type, field, rules, naming)),
    hiddenFields: new Map(fields.filter((field) => !isFieldShown(field)).map((field) => [field.name, field])),
  };
}

function isShown(field: FieldSchema, rules: FieldExposure | undefined, dataTypes: DataTypes): boolean {
  return field.name !== 'id' && !isNeverShown(field, dataTypes) && !(rules?.hide ?? false);
}

const isNeverShown = (field: FieldSchema, dataTypes: DataTypes): boolean =>
  !valueTypeOf(field, dataTypes).isExposed || COMMON_FACTS.secrets.some((name) => name === field.name);

function draftOfField(
  type: string,
  field: FieldSchema,
  typeRules: TypeExposure | undefined,
  naming: Naming,
): FieldDraft {
  const rules = typeRules?.fields.get(field.name);
  const given = fieldName(field.name);
  const graphqlName = renamed(rules, isUsableFieldName, naming) ?? given.name;
  if (graphqlName === given.name) note(`${type}.${field.name}`, given.name, given.reason, naming);
  const isCreateOnly = typeFacts(type).createOnly?.includes(field.name) === true;
  const isClosed = rules?.readOnly === true || typeRules?.readOnly === true;
  return {
    ...field,
    graphqlName,
    renamedAt: renamedAt(rules, naming),
    enumValue: enumValueName(field.name).name,
    valueType: valueTypeOf(field, naming.dataTypes),
    readOnly: isClosed || (!field.editable && !isCreateOnly),
    createOnly: isCreateOnly && !isClosed,
  };
}

const isUsableFieldName = (name: string): boolean => isLegalName(name) && !isReservedFieldName(name);

const renamedAt = (rules: FieldExposure | undefined, { source }: Naming): string | null =>
  rules === undefined || rules.rename === null ? null : `${source}:${rules.line}`;

function renamed(
  rules: FieldExposure | undefined,
  isUsable: (name: string) => boolean,
  naming: Naming,
): string | null {
  const wanted = rules?.rename ?? null;
  if (wanted === null || isUsable(wanted)) return wanted;
  const capitalised = wanted.charAt(0).toUpperCase() + wanted.slice(1);
  const others = isUsable === isUsableTypeName ? [capitalised, `${capitalised}Entity`] : [`${wanted}Field`];
  const usable = others.find(isUsable);
  const advice = usable === undefined ? '' : ` Take "${usable}", for example.`;
  naming.problems.push(
    `${renamedAt(rules, naming)}: "${wanted}" cannot be a name here: it is not legal in GraphQL, or it is ours.${advice}`,
  );
  return null;
}

function note(place: string, graphqlName: string, reason: string | null, naming: Naming): void {
  if (reason !== null) naming.notes.push({ place, graphqlName, reason });
}

/** A misspelt name would expose a field that it was meant to hide, so it is an error. */
function unknownNames(schema: SiteSchema, exposure: Exposure): string[] {
  return rulesWithoutPlace(schema, exposure).map(({ type, field, line }) => {
    const what = field === null ? `type "${type}"` : `field "${field}" in ${type}`;
    const known = field === null ? schema.types : schema.types.get(type)?.fields;
    const suggestion = didYouMean(nearestName(field ?? type, known?.keys() ?? []));
    return `${exposure.source}:${line}: the site has no ${what}. ${suggestion}`.trimEnd();
  });
}

/** A rule of `expose.yml` for a type or a field that the site does not have. */
interface RuleWithoutPlace {
  readonly type: string;
  /** Null for a rule of the type itself. */
  readonly field: string | null;
  readonly line: number;
}

/** The rules that no server starts with. */
export function rulesWithoutPlace(schema: SiteSchema, exposure: Exposure): readonly RuleWithoutPlace[] {
  return [...exposure.types].flatMap(([type, rules]): RuleWithoutPlace[] => {
    const known = schema.types.get(type);
    if (known === undefined) return [{ type, field: null, line: rules.line }];
    return [...rules.fields].flatMap(([field, { line }]) =>
      known.fields.has(field) ? [] : [{ type, field, line }],
    );
  });
}

/** Rules that can never take effect are reported rather than silently ignored. */
function impossibleRules(schema: SiteSchema, exposure: Exposure, dataTypes: DataTypes): string[] {
  const problems: string[] = [];
  for (const [type, { fields }] of exposure.types) {
    for (const [name, rules] of fields) {
      const field = schema.types.get(type)?.fields.get(name);
      if (field === undefined) continue;
      const place = `${exposure.source}:${rules.line}: "${name}" of ${type}`;
      if (name === 'id') problems.push(`${place} is in every type and has no rules.`);
      if (isNeverShown(field, dataTypes) && rules.hide !== true)
        problems.push(`${place} has no value or is a secret: it is never shown.`);
    }
  }
  return problems;
}

function targetOf(field: FieldSchema, graphqlTypes: ReadonlyMap<string, string>): string | null {
  const [only] = field.validTypes;
  return field.validTypes.length === 1 && only !== undefined ? (graphqlTypes.get(only) ?? null) : null;
}
