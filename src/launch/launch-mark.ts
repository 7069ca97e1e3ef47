import { createHash } from 'node:crypto';

const LENGTH = 16;

/** Stands for a launch where people may read it, as in the audit trail: the id itself would open the launch. */
export const launchMark = (launchId: string): string =>
  createHash('sha256').update(launchId).digest('base64url').slice(0, LENGTH);
