import type { StoredRecord } from '../ports.ts';
import { meets } from './condition.ts';
import type { Viewer } from './condition.ts';
import { hangsOn } from './rules.ts';
import type { RoleRules, Rule, Verb } from './rules.ts';

export interface RuleQuestion {
  readonly verb: Verb;
  readonly type: string;
  /** Of an update. */
  readonly field?: string;
}

/** What the rules say before a row is looked at. */
export type Verdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'denied'; readonly rule: Rule }
  | { readonly kind: 'conditional'; readonly rules: readonly Rule[] };

/** Asks the rules of a role. A denial goes before everything, an unconditional rule before a conditional one. */
export function verdictOf(
  role: RoleRules,
  question: RuleQuestion,
  hasField: (type: string, field: string) => boolean,
): Verdict {
  const rules = role.rules.filter((rule) => concerns(rule, question, hasField));
  const denial = rules.find((rule) => rule.isDenial);
  if (denial) return { kind: 'denied', rule: denial };
  if (rules.length === 0) return { kind: 'refused' };
  if (rules.some((rule) => !rule.condition)) return { kind: 'allowed' };
  return { kind: 'conditional', rules };
}

/** The rule whose condition the row fails, or undefined where the verdict lets it pass. */
export function failedRule(verdict: Verdict, record: StoredRecord, viewer: Viewer): Rule | undefined {
  if (verdict.kind !== 'conditional') return undefined;
  const isMet = verdict.rules.some((rule) => rule.condition && meets(rule.condition, record, viewer));
  return isMet ? undefined : verdict.rules[0];
}

/** The tail of a refusal that names the rule (API 1.5). */
export function ruleTail(role: string, rule: Rule, { verb, type, field }: RuleQuestion): string {
  const action = verb === 'update' ? 'update_field' : `${verb}_entity`;
  const about =
    field === undefined ? `entity_type => ${type}` : `entity_type => ${type}, field_name => ${field}`;
  const head = `Rule: ${role} -- PermissionRule ${rule.number}:`;
  if (rule.isDenial) return `${head} DENY ${action} FOR ${about}`;
  return `${head} ${action}_condition FOR ${about} RULE: ${JSON.stringify(rule.condition)}`;
}

function concerns(
  rule: Rule,
  { verb, type, field }: RuleQuestion,
  hasField: (type: string, field: string) => boolean,
): boolean {
  if (rule.verb !== verb) return false;
  if (field !== undefined && rule.fields && !rule.fields.includes(field)) return false;
  if (rule.types === 'any') return true;
  if (rule.types === 'production') return Object.hasOwn(hangsOn, type) || hasField(type, 'project');
  return rule.types.includes(type);
}
