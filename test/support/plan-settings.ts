import type { Config } from '../../src/config/config.ts';
import { loadPlanConfig } from '../../src/config/load-config.ts';

/** How a server plans that was set up without a word about it. */
export const PLAN: Config['graphql']['plan'] = loadPlanConfig({}).plan;

/** And how it bounds documents. */
export const EXPLAINED = loadPlanConfig({});
