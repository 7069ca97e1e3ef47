import { SiteError, type StoredValue } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { EntityDeps } from './entity-deps.ts';

/** Rows that connect two others, each pair once (API 8, PlaylistVersionConnection). */
const PAIRS: Readonly<Record<string, readonly [near: string, far: string]>> = {
  PlaylistVersionConnection: ['playlist', 'version'],
};

export interface UniqueWrite {
  readonly verb: 'create' | 'update';
  readonly type: string;
  readonly values: Readonly<Record<string, StoredValue>>;
  readonly ownId?: number;
}

/** Refuses a value that another live row has in a field that is unique; the login of a retired person is free again. */
export function assertUnique(deps: EntityDeps, { verb, type, values, ownId }: UniqueWrite): void {
  const failed = verb === 'create' ? 'Create failed' : 'Update failed';
  for (const [name, value] of Object.entries(values)) {
    const field = deps.schema.field(type, name);
    if (field?.unique !== true || name === 'id' || value === null) continue;
    for (const other of deps.storage.all(type)) {
      if (other.id === ownId || other.values[name] !== value) continue;
      throw new SiteError(
        400,
        104,
        `${failed} for [${type}]: The value for the ${field.displayName} field is required to be unique. <br> `,
      );
    }
  }
  assertNewPair(deps, type, values);
}

function assertNewPair({ storage }: EntityDeps, type: string, values: UniqueWrite['values']): void {
  const [near, far] = PAIRS[type] ?? [];
  if (near === undefined || far === undefined) return;
  const [[nearRef], [farRef]] = [linksIn(values[near]), linksIn(values[far])];
  if (nearRef === undefined || farRef === undefined) return;
  const others = storage.referring(type, near, nearRef);
  if (!others.some((other) => linksIn(other.values[far])[0]?.id === farRef.id)) return;
  throw new SiteError(
    400,
    104,
    `Create failed for [${type}]: There is already a connection between the entities.`,
  );
}
