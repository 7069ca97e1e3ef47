import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

/** Runs the work of a request: all its log lines get the request's id. */
export const duringRequest = <T>(requestId: string, work: () => T): T => current.run(requestId, work);

/** The id of the current request; undefined outside a request, such as in a timer. */
export const currentRequestId = (): string | undefined => current.getStore();
