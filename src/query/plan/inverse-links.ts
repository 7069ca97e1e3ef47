import type { ExposedSchema } from '../../site/expose.ts';

/**
 * The field of `target` that links back to rows of `type` which link to it by `field`; undefined where none is
 * known, or where the API hides it.
 */
export function inverseLink(
  schema: ExposedSchema,
  type: string,
  field: string,
  target: string,
): string | undefined {
  const name = schema.inverseLinks.of(type, field, target);
  const inverse = name === undefined ? undefined : schema.types.get(target)?.fields.get(name);
  const isLink = inverse?.dataType === 'entity' || inverse?.dataType === 'multi_entity';
  const holdsType = inverse?.validTypes.length === 0 || inverse?.validTypes.includes(type) === true;
  return isLink && holdsType ? name : undefined;
}
