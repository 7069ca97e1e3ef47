import type { OperationRule, ToolConfig } from '../config/tools/tool.ts';
import { nearestName } from '../site/nearest-name.ts';
import { OperationListError } from './list-error.ts';
import type { Operation } from './operation.ts';

/** @throws OperationListError if a rule of the tool names no operation of its list */
export function assertRulesFit({ place, rules }: ToolConfig, operations: readonly Operation[]): void {
  const names = new Set(operations.map(({ name }) => name));
  const problems = [...rules.keys()]
    .filter((name) => !names.has(name))
    .map((name) => {
      const nearest = nearestName(name, names);
      const advice = nearest === undefined ? 'Take it out' : `Did you mean ${nearest}? Correct it`;
      return `${place}.rules.${name}: the list has no such operation. ${advice}.`;
    });
  if (problems.length > 0) throw new OperationListError(problems);
}

/** The narrower of two rules in each point. */
export function strictest(one: OperationRule, other: OperationRule): OperationRule {
  return {
    maxAuthAgeMs: least(one.maxAuthAgeMs, other.maxAuthAgeMs),
    maxSearches: least(one.maxSearches, other.maxSearches),
  };
}

export const NO_RULE: OperationRule = { maxAuthAgeMs: null, maxSearches: null };

const least = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
