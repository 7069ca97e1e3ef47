import { type AppError, toAppError } from '../../base/errors.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import type { Changed, Operation } from '../../shotgun/client/operation.ts';
import type { ChangeOutcome } from './change-log.ts';

/** A change that was made or tried. */
export interface Change extends Changed {
  readonly outcome: ChangeOutcome;
  /** False if nothing was sent to the site. */
  readonly isSent: boolean;
  readonly error: AppError | null;
}

/** A client that reports each change once its outcome is known. */
export function auditedClient(client: ActingClient, onChange: (change: Change) => void): ActingClient {
  return {
    login: client.login,
    async call<T>(operation: Operation<T>, options?: CallOptions): Promise<T> {
      if (operation.changes === undefined) return client.call(operation, options);
      let isSent = false;
      const onSent = (): void => {
        isSent = true;
      };
      const tell = (answer: T | undefined, told: Omit<Change, keyof Changed>): void => {
        for (const change of operation.changes(answer)) onChange({ ...change, ...told });
      };
      try {
        const answer = await client.call(operation, { ...options, onSent });
        tell(answer, { outcome: 'done', isSent: true, error: null });
        return answer;
      } catch (thrown) {
        const error = toAppError(thrown);
        tell(undefined, { outcome: outcomeOf(error, isSent), isSent, error });
        throw thrown;
      }
    },
  };
}

/** A bug of ours after the call was sent does not show what the site did. */
function outcomeOf({ code, details }: AppError, isSent: boolean): ChangeOutcome {
  if (details?.['outcome'] === 'unknown') return 'unknown';
  return code === 'INTERNAL' && isSent ? 'unknown' : 'failed';
}
