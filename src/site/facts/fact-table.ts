import type { z } from 'zod';
import type { FactValue } from './fact.ts';
import { FACTS_OF_READS } from './facts-of-reads.ts';
import { FACTS_OF_WORK } from './facts-of-work.ts';

/**
 * The facts by name. A fact changes plans and tolerances, never a check of rights, of a signature or of an identity.
 * The emulated site has a switch of the same name for each.
 */
export const FACTS = { ...FACTS_OF_READS, ...FACTS_OF_WORK } as const;

/** The name of a fact, which is the name of the emulated site's switch as well. */
export type FactName = keyof typeof FACTS;

/** What is known of a site. A fact that nobody has measured there is absent. */
export type SiteFacts = { readonly [Name in FactName]?: z.output<(typeof FACTS)[Name]['form']> };

export const NO_FACTS: SiteFacts = {};

/** Whether an answer is what Shotgraph assumes. */
export const isAssumed = (name: FactName, value: FactValue): boolean => FACTS[name].assumed === value;
