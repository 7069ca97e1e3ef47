import type { Config } from '../../config/config.ts';
import type { Principal } from '../../identity/person/principal.ts';

type PlanSettings = Config['graphql']['plan'];
type Person = Pick<Principal, 'permissionRole'>;

/** Most searches that one request of this person may need. */
export const maxSearchesOf = (plan: PlanSettings, person: Person): number =>
  plan.maxSearchesByRole.get(roleOf(person)) ?? plan.maxSearches;

/** Whether answers show this person the calls behind them. */
export const isPlanShownTo = (plan: PlanSettings, person: Person): boolean =>
  plan.shown || plan.shownTo.includes(roleOf(person));

/** A person with an unknown role has the default rights. */
const roleOf = ({ permissionRole }: Person): string => permissionRole?.toLowerCase() ?? '';
