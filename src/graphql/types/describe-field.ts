import type { ExposedField, ExposedSchema } from '../../site/expose.ts';
import { isLink } from '../../site/site-schema.ts';

/**
 * The description of a field in the schema: display name, data type, unit, legal values, whether it can be
 * written.
 */
export function describeField(field: ExposedField, schema: Pick<ExposedSchema, 'types'>): string {
  const { unit } = field.valueType;
  const parts = [
    `${field.displayName.trim()} (\`${field.name}\`, ${field.dataType}${unit === null ? '' : `, ${unit}`})`,
    field.description.trim(),
    legalValues(field),
    legalTypes(field, schema),
    field.readOnly ? 'Read-only.' : '',
    field.createOnly ? 'Can be set only when the record is created.' : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function legalValues(field: ExposedField): string {
  if (field.validValues.length === 0) return '';
  const shown = field.validValues.map((value) => {
    const label = field.displayValues.get(value);
    return label === undefined || label === value ? `\`${value}\`` : `\`${value}\` (${label})`;
  });
  return `Values: ${shown.join(', ')}.`;
}

/** Some links accept a hundred types, too many for a description. */
const MAX_TYPES = 12;

/** The types of a link whose GraphQL type does not show them. Unexposed types are not named. */
function legalTypes(field: ExposedField, { types }: Pick<ExposedSchema, 'types'>): string {
  if (!isLink(field) || field.target !== null) return '';
  if (field.validTypes.length === 0) return 'Links to any type.';
  const names = field.validTypes.flatMap((type) => types.get(type)?.graphqlName ?? []);
  if (names.length === 0) return '';
  const shown = names
    .slice(0, MAX_TYPES)
    .map((name) => `\`${name}\``)
    .join(', ');
  const more = names.length - MAX_TYPES;
  return `Links to: ${shown}${more > 0 ? ` and ${more} more, see fieldInfo` : ''}.`;
}
