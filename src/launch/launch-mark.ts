import { sha256 } from '../base/digest.ts';

const LENGTH = 16;

/** Represents a launch where people may read it, as in the audit trail: the id itself would open the launch. */
export const launchMark = (launchId: string): string => sha256(launchId).slice(0, LENGTH);
