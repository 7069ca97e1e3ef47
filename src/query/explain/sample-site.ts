import type { SampleSite } from '../../shotgun/client/operation.ts';
import type { EntityLink } from '../../shotgun/port/records.ts';
import type { SummarizeRequest, SummaryGroup } from '../../shotgun/port/requests.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { isLink } from '../../site/site-schema.ts';
import type { PlannedParts } from './planned-reads.ts';
import { SAMPLE_NAME } from './sample-nodes.ts';

/** Sample answers of a site, with one of each visible kind. */
export function sampleSite({ plans: { schema }, ids }: PlannedParts): SampleSite {
  const link: SampleSite['link'] = (type, source) => ({
    ...{ type, id: ids.of(`${source} ${type}`, source), name: SAMPLE_NAME },
  });
  return {
    types: [...schema.types.keys()],
    link,
    made: (type) => ({ type, id: ids.of(`made ${type}`, type) }),
    summary: (request) => summaryOf(schema, request, (type) => link(type, `groups of ${request.type}`)),
  };
}

/** One group for each type of link that may group the rows. */
function summaryOf(
  schema: ExposedSchema,
  { type, summaries, grouping }: Pick<SummarizeRequest, 'type' | 'summaries' | 'grouping'>,
  linkTo: (type: string) => EntityLink,
  value: EntityLink | null = null,
): SummaryGroup {
  const [by, ...deeper] = grouping;
  const field = by === undefined ? undefined : schema.types.get(type)?.fields.get(by.field);
  const values = field === undefined || !isLink(field) ? [null] : field.validTypes.map(linkTo);
  const below = { type, summaries, grouping: deeper };
  return {
    name: '',
    value,
    summaries: new Map(summaries.map((summary) => [summary.field, 1])),
    groups: by === undefined ? [] : values.map((of) => summaryOf(schema, below, linkTo, of)),
  };
}
