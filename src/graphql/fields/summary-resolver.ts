import { Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import { compileFilter, type FilterInput } from '../../query/input/filters.ts';
import type { ExposedType } from '../../site/expose.ts';
import { liveChecked, classOf, type SchemaParts } from '../resolve/schema-parts.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { addOperation } from '../resolve/own-resolvers.ts';
import { type GroupingInput, type SummaryInput, summaryNode, type SummaryTypes } from './summary-types.ts';

interface SummarizeArguments {
  readonly filter?: FilterInput | null;
  readonly summaries: readonly SummaryInput[];
  readonly grouping?: readonly GroupingInput[] | null;
  readonly includeArchivedProjects: boolean;
}

/** Deeper groupings make no readable table, and each level multiplies the groups. */
const MAX_GROUPINGS = 5;

/** `summarizeShots(filter, summaries, grouping)` of one type: always one call. */
export function createSummaryResolver(
  parts: SchemaParts,
  types: SummaryTypes,
  type: ExposedType,
): NamedClass {
  const resolver = namedClass(`${type.graphqlName}Summaries`);
  const { summary, grouping } = types.inputsOf(type);
  addOperation<SummarizeArguments>(resolver, {
    kind: 'query',
    name: type.rootFields.summarize,
    description: 'Counts, sums and the like over all rows that you may see, in groups. One call.',
    args: [
      { name: 'filter', type: () => classOf(parts.filters, type.type), nullable: true },
      { name: 'summaries', type: () => [summary], description: 'Each field at most once.' },
      {
        name: 'grouping',
        type: () => [grouping],
        nullable: true,
        description: 'Each adds one level of groups.',
      },
      { name: 'includeArchivedProjects', type: () => Boolean, defaultValue: true },
    ],
    returns: () => types.group,
    async run({ args, context }) {
      const { includeArchivedProjects } = args;
      assertSummarizable(args);
      const summaries = args.summaries.map((asked) => ({
        ...asked,
        isNumeric: type.fields.get(asked.field)?.valueType.isNumeric ?? true,
        graphqlName: parts.schema.names.graphqlField(type.type, asked.field) ?? asked.field,
      }));
      const { compiled: filter, settle } = liveChecked(parts, context, (checks) =>
        compileFilter(checks, type.type, args.filter),
      );
      await settle();
      const group = await context.site.summarize({
        type: type.type,
        filter,
        summaries: args.summaries.map(({ field, type: how }) => ({ field, type: how })),
        grouping: (args.grouping ?? []).map(({ field, type: how, direction }) => ({
          field,
          type: how,
          direction,
        })),
        scope: { includeArchivedProjects },
      });
      return summaryNode(group, summaries);
    },
  });
  Resolver()(resolver);
  return resolver;
}

/** Of two summaries of one field the site silently drops the first (API 4.1). */
function assertSummarizable({ summaries, grouping }: SummarizeArguments): void {
  const fields = summaries.map(({ field }) => field);
  if (summaries.length === 0 || new Set(fields).size !== fields.length) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'Sum up at least one field, each in one way. For another way, ask again under an alias.',
      details: { path: 'summaries' },
    });
  }
  if ((grouping ?? []).length > MAX_GROUPINGS) {
    throw new AppError('BAD_USER_INPUT', {
      message: `Group by at most ${MAX_GROUPINGS} fields.`,
      details: { path: 'grouping' },
    });
  }
}
