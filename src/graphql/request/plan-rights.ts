import type { Config } from '../../config/config.ts';
import type { Principal } from '../../identity/person/principal.ts';

type PlanSettings = Config['graphql']['plan'];
type Person = Pick<Principal, 'permissionRole'>;

/** Searches that one request of this person may need. */
export const maxSearchesOf = (plan: PlanSettings, person: Person): number =>
  plan.maxSearchesByRole.get(roleOf(person)) ?? plan.maxSearches;

/** Whether answers tell this person the calls that were made for them. */
export const isPlanShownTo = (plan: PlanSettings, person: Person): boolean =>
  plan.shown || plan.shownTo.includes(roleOf(person));

/** A person whose role is unknown has the rights of everybody. */
const roleOf = ({ permissionRole }: Person): string => permissionRole?.toLowerCase() ?? '';
