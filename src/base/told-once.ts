import type { LogFields, Logger } from './logger.ts';

/**
 * Tells an outage when it begins and when it ends, not at each request that meets it.
 *
 * @returns what is called with each error of the outage, and with undefined when all is well
 */
export function toldOnce(
  logger: Pick<Logger, 'info' | 'warn'> | undefined,
  events: { readonly begins: string; readonly ends: string },
  fields: LogFields = {},
): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    const isOut = error !== undefined;
    if (isOut && !isTold) logger?.warn(events.begins, { ...fields, error });
    if (!isOut && isTold) logger?.info(events.ends, fields);
    isTold = isOut;
  };
}
