import { formatDateTime } from '../data-types/scalars.ts';
import type { Caller, StoredValue } from '../ports.ts';
import type { EntityDeps } from './entity-deps.ts';

/** Who changed a row, and when, as far as its type says so. */
export function stampValues(deps: EntityDeps, caller: Caller, type: string): Record<string, StoredValue> {
  const stamps: Record<string, StoredValue> = {
    updated_at: formatDateTime(deps.now()),
    updated_by: { ...caller.actor },
  };
  const known = Object.entries(stamps).filter(([name]) => deps.schema.field(type, name) !== undefined);
  return Object.fromEntries(known);
}
