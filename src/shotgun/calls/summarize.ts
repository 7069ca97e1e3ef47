import { z } from 'zod';
import { byName } from '../../site/by-name.ts';
import { entityPath, type HttpCall } from '../wire/http-call.ts';
import { readAnswer } from './read-answer.ts';
import { scopeOptions } from './search.ts';
import type { SummarizeRequest, SummaryGroup } from '../port/requests.ts';
import type { Reading } from '../client/operation.ts';

const SUMMARIES = byName(z.unknown());

interface WireGroup {
  readonly group_name: string | null;
  readonly group_value?: unknown;
  readonly summaries: ReadonlyMap<string, unknown>;
  readonly groups?: readonly WireGroup[] | undefined;
}

const GROUP: z.ZodType<WireGroup> = z.lazy(() =>
  z.object({
    group_name: z.string().nullable(),
    group_value: z.unknown(),
    summaries: SUMMARIES,
    groups: z.array(GROUP).optional(),
  }),
);

const ANSWER = z.object({ data: z.object({ summaries: SUMMARIES, groups: z.array(GROUP) }) });

/** Counts, sums and other aggregates over the rows of a filter, in groups (API 4.1). */
export const summarizeRows = (request: SummarizeRequest): Reading<SummaryGroup> => ({
  kind: 'summarize',
  type: request.type,
  filter: request.filter,
  async run(caller, options) {
    const { data } = await readAnswer(caller, toSummarizeCall(request), ANSWER, options);
    return { name: '', value: null, summaries: data.summaries, groups: data.groups.map(groupOf) };
  },
  sample: (site) => site.summary(request),
});

function toSummarizeCall(request: SummarizeRequest): HttpCall {
  const body = {
    filters: request.filter,
    summary_fields: request.summaries,
    grouping: request.grouping,
    options: scopeOptions(request.scope),
  };
  return {
    method: 'POST',
    path: `${entityPath(request.type)}/_summarize`,
    operation: 'summarize',
    body: { mediaType: 'search', text: JSON.stringify(body) },
    isRepeatable: true,
    isShareable: true,
  };
}

const groupOf = (group: WireGroup): SummaryGroup => ({
  name: group.group_name ?? '',
  value: group.group_value ?? null,
  summaries: group.summaries,
  groups: (group.groups ?? []).map(groupOf),
});
