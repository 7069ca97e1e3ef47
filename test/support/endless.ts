import { onTestFinished } from 'vitest';

/** The answer of a process that dies while it works. It fails once the test is over, so that nothing works on beside other tests. */
export const endless = <T>(): Promise<T> =>
  new Promise((_, reject) => onTestFinished(() => reject(new Error('The test is over.'))));
