import type { LogFields, Logger } from './logger.ts';

/**
 * Reports an outage when it begins and when it ends, not for each request during it.
 *
 * @returns a function to call with each error, and with undefined after each success
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
