import type { Caller } from '../ports.ts';
import { SiteError } from '../ports.ts';

const ADMINISTRATORS: ReadonlySet<string> = new Set(['admin', 'api_admin']);

/** Throws the 401 of the routes that are for administrators only (API 1.5); `action` ends its sentence. */
export function assertAdministrator({ role }: Caller, action: string): void {
  if (!ADMINISTRATORS.has(role)) throw new SiteError(401, 102, `Must sudo as Administrator to ${action}`);
}
