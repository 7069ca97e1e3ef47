/** Codes of errors of `fetch` and undici where no connection came about. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** These come from a connection that was there as well: it has carried the call, and the route was lost afterwards. */
const LOST_ROUTE: ReadonlySet<unknown> = new Set(['EHOSTUNREACH', 'ENETUNREACH']);

/** True for an error of a socket that says that no byte of the call has left: it was certainly not carried out. */
export function wasNotSent(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return false;
  if (NOT_CONNECTED.has(cause.code)) return true;
  return LOST_ROUTE.has(cause.code) && 'syscall' in cause && cause.syscall === 'connect';
}
