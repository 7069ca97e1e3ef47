import { ownValue } from '../../base/bare.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { COMMON_FACTS, typeFacts } from '../../site/type-facts.ts';

/** The field of `target` that links back to rows of `type` which link to it by `field`; undefined where none is known. */
export function inverseLink(
  schema: ExposedSchema,
  type: string,
  field: string,
  target: string,
): string | undefined {
  const own = ownValue(typeFacts(type).inverseLinks ?? {}, field);
  const pair = own === undefined ? ownValue(COMMON_FACTS.inverseLinks, field) : own;
  const [pairType, pairField] = pair?.split('.') ?? [];
  if (pairType !== target || pairField === undefined) return undefined;
  const inverse = schema.types.get(target)?.fields.get(pairField);
  const isLink = inverse?.dataType === 'entity' || inverse?.dataType === 'multi_entity';
  const holdsType = inverse?.validTypes.length === 0 || inverse?.validTypes.includes(type) === true;
  return isLink && holdsType ? pairField : undefined;
}
