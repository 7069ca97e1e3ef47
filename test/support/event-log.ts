import { HASH_SYNTAX } from './every-type-site.ts';
import { scriptToken } from './script-token.ts';

/** How many events the emulated site has, read as its script. Each write makes one at least. */
export async function countEvents(siteUrl: string): Promise<number> {
  const answer = await fetch(`${siteUrl}/api/v1/entity/event_log_entries/_summarize`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await scriptToken(siteUrl)}`, 'content-type': HASH_SYNTAX },
    body: JSON.stringify({
      filters: { logical_operator: 'and', conditions: [] },
      summary_fields: [{ field: 'id', type: 'count' }],
    }),
  });
  const { data } = (await answer.json()) as { data: { summaries: { id: number } } };
  return data.summaries.id;
}
