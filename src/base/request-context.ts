import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

/** Runs a request's work: every line of the log that comes of it has the request's id. */
export const duringRequest = <T>(requestId: string, work: () => T): T => current.run(requestId, work);

/** The request whose work this is; undefined where it is nobody's, as what a timer does. */
export const currentRequestId = (): string | undefined => current.getStore();
