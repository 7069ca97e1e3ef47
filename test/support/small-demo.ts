import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { JOAO } from '../../studio/site/demo/people.ts';
import type { Dataset } from '../../studio/site/ports.ts';

/** Types whose rows others cannot do without. */
const WHOLE: ReadonlySet<string> = new Set(['HumanUser', 'ApiUser', 'PermissionRuleSet', 'ActionMenuItem']);
const ROWS = 12;

/**
 * The demo's site with a few rows of each type, so that putting it back costs next to nothing, and with João as an
 * administrator, who may write every field. Ada is one too, but `sudo` may not touch her.
 */
export function smallDemo(options: { readonly bffUrl?: string } = {}): Dataset {
  const demo = demoDataset(options);
  const tables = Object.entries(demo.rows).filter(([type]) => type !== 'EventLogEntry');
  const kept = new Map(tables.map(([type, rows]) => [type, WHOLE.has(type) ? rows : rows.slice(0, ROWS)]));
  const ids = new Map([...kept].map(([type, rows]) => [type, new Set(rows.map(({ id }) => id))]));
  const isThere = (value: unknown): boolean =>
    !isRef(value) || !ids.has(value.type) || ids.get(value.type)?.has(value.id) === true;
  const linked = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter(isThere);
    return isThere(value) ? value : null;
  };
  const rows = [...kept].map(([type, some]) => [
    type,
    some.map((row) => ({
      ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, linked(value)])),
      ...(type === 'HumanUser' && row.id === JOAO && { permission_rule_set: administratorsOf(demo) }),
      id: row.id,
    })),
  ]);
  return { ...demo, rows: Object.fromEntries(rows) as Dataset['rows'] };
}

function administratorsOf({ rows }: Dataset): object {
  const role = rows['PermissionRuleSet']?.find(({ code }) => code === 'admin');
  if (role === undefined) throw new Error('the demo has no administrators');
  return { type: 'PermissionRuleSet', id: role.id };
}

function isRef(value: unknown): value is { readonly type: string; readonly id: number } {
  return typeof value === 'object' && value !== null && 'type' in value && 'id' in value;
}
