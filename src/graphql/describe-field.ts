import type { ExposedField } from '../site/expose.ts';

const UNITS: Readonly<Record<string, string>> = {
  duration: 'minutes',
  timecode: 'milliseconds',
  percent: 'percent, not clamped',
  color: '"r,g,b", each 0 to 255',
};

/** Unit of a field's numbers or form of its text (API 2.7); null where it needs none. */
export const unitOf = ({ dataType }: ExposedField): string | null => UNITS[dataType] ?? null;

/** What a reader of the schema has to know of a field: display name, data type, unit, legal values, whether it can be written. */
export function describeField(field: ExposedField): string {
  const unit = unitOf(field);
  const parts = [
    `${field.displayName.trim()} (\`${field.name}\`, ${field.dataType}${unit === null ? '' : `, ${unit}`})`,
    field.description.trim(),
    legalValues(field),
    field.readOnly ? 'Read-only.' : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function legalValues(field: ExposedField): string {
  if (field.validValues.length === 0) return '';
  const shown = field.validValues.map((value) => {
    const label = field.displayValues[value];
    return label === undefined || label === value ? `\`${value}\`` : `\`${value}\` (${label})`;
  });
  return `Values: ${shown.join(', ')}.`;
}
