import { SiteError, type Switches } from '../ports.ts';
import type { CheckedCondition } from './condition-check.ts';

/** Refusals that no measured site was seen to make: too many values, and a text that no database can hold. */
export function assertWithinLimits(
  switches: Switches,
  type: string,
  { path, relation, values }: CheckedCondition,
): void {
  const isLink = path.leaf.dataType === 'entity' || path.leaf.dataType === 'multi_entity';
  const most = Number(switches[isLink ? 'read.maxLinks' : 'read.maxIds'] ?? 0);
  if (most > 0 && values.length > most) {
    const title = `API read() '${relation}' 'relation' expects at most a ${most}-element array`;
    throw new SiteError(400, 103, title, { source: {} });
  }
  const nullCharacter = switches['read.nullCharacter'] ?? 'nothing';
  if (nullCharacter === 'nothing' || !values.some(hasNull)) return;
  throw nullCharacter === 'refused'
    ? new SiteError(400, 104, `Read failed for entity type [${type}]`)
    : new SiteError(500, 100, 'Shotgun Server Error');
}

const hasNull = (value: unknown): boolean => typeof value === 'string' && value.includes('\0');
