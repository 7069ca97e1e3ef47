import { MOST } from '../../site/facts/fact.ts';
import { FACTS, type SiteFacts } from '../../site/facts/fact-table.ts';

/** The most rows of one page of the site. */
export const maxRowsOf = (facts: SiteFacts): number =>
  facts['read.maxPageSize'] ?? FACTS['read.maxPageSize'].assumed;

/** As text they stay below the 90 KB that certainly works (API 2.11). */
const CERTAIN_VALUES = 5000;

/** The most values of one filter. */
export const maxValuesOf = (facts: SiteFacts): number => facts['read.maxIds'] || CERTAIN_VALUES;

/** The most ids of one search. No more than a page holds: a search by ids reads them all at once. */
export const maxIdsOf = (facts: SiteFacts): number => Math.min(maxRowsOf(facts), maxValuesOf(facts));

/** Tested by other people; more than that is only used at a site that was measured (API 3.9). */
const CERTAIN_LINKS = 1000;

/** The most links of one filter. */
export function maxLinksOf(facts: SiteFacts): number {
  const measured = facts['read.maxLinks'];
  if (measured === undefined) return CERTAIN_LINKS;
  return measured === 0 ? MOST : measured;
}
