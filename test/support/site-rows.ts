import { HASH_SYNTAX } from './every-type-site.ts';
import { scriptToken } from './script-token.ts';
import { steadyText } from './steady-text.ts';

/** Looks into an emulated site as its script. */
export interface SiteRows {
  /** What was changed since the site was last put back: the events of it, and the rows as they are now. */
  changed(): Promise<{ readonly events: readonly object[]; readonly rows: readonly object[] }>;
}

interface Row {
  readonly id: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: object;
}

interface EventMeta {
  readonly entity_type?: string;
  readonly entity_id?: number;
}

/** As events tell it. When something was done differs each time. */
const TIME = /\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC/gu;

/** Looks at a site as it is at its start, and whenever it was put back: newer events tell what was done since. */
export async function openSiteRows(siteUrl: string): Promise<SiteRows> {
  const authorization = `Bearer ${await scriptToken(siteUrl)}`;
  const search = async (
    type: string,
    fields: readonly string[],
    conditions: unknown[],
    sort = 'id',
  ): Promise<readonly Row[]> => {
    const answer = await fetch(`${siteUrl}/api/v1/entity/${type}/_search?page[size]=500&sort=${sort}`, {
      method: 'POST',
      headers: { authorization, 'content-type': HASH_SYNTAX },
      body: JSON.stringify({ filters: { logical_operator: 'and', conditions }, fields }),
    });
    const text = steadyText(await answer.text(), siteUrl).replaceAll(TIME, 'a time');
    if (!answer.ok) throw new Error(`${type}: ${text}`);
    return (JSON.parse(text) as { data: readonly Row[] }).data;
  };
  const [newest] = await search('EventLogEntry', ['id'], [], '-id');
  return {
    async changed() {
      const events = await search(
        'EventLogEntry',
        ['event_type', 'attribute_name', 'meta'],
        [['id', 'greater_than', newest?.id ?? 0]],
      );
      const ids = new Map<string, Set<number>>();
      for (const { attributes } of events) {
        const { entity_type: type, entity_id: id } = attributes['meta'] as EventMeta;
        if (type === undefined || id === undefined) continue;
        ids.set(type, (ids.get(type) ?? new Set()).add(id));
      }
      const rows = await Promise.all(
        [...ids].map(([type, some]) => search(type, ['*'], [['id', 'in', [...some]]])),
      );
      return {
        events: events.map(({ attributes }) => attributes),
        rows: rows
          .flat()
          .map(({ id, attributes, relationships }) => ({ id, ...lasting(attributes), relationships })),
      };
    },
  };
}

/** When a row was written differs each time, and files are presigned again for each read. */
function lasting(attributes: Row['attributes']): object {
  const kept = Object.entries(attributes).filter(
    ([name, value]) => !['created_at', 'updated_at'].includes(name) && !isPresigned(value),
  );
  return Object.fromEntries(kept);
}

const isPresigned = (value: unknown): boolean => typeof value === 'string' && value.startsWith('http');
