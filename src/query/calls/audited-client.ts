import { type AppError, toAppError } from '../../base/errors.ts';
import type { ActingClient, BatchOperation } from '../../shotgun/port/shotgun.ts';
import type { CallOptions, RecordRef, WriteValues } from '../../shotgun/port/records.ts';
import type { ChangeOutcome } from './change-log.ts';

/** A change that was made, or tried. Names of fields only: values are nobody's business but the site's. */
export interface Change {
  readonly kind: 'create' | 'update' | 'delete' | 'revive' | 'follow' | 'unfollow' | 'upload';
  readonly entity: { readonly type: string; readonly id: number | null };
  readonly fields: readonly string[];
  readonly outcome: ChangeOutcome;
  /** False where nothing has left for the site. */
  readonly isSent: boolean;
  readonly error: AppError | null;
}

type Told = Pick<Change, 'kind' | 'entity' | 'fields'>;

type Tell = <T>(
  options: CallOptions | undefined,
  run: (options: CallOptions) => Promise<T>,
  told: (result: T | undefined) => readonly Told[],
) => Promise<T>;

const tellTo =
  (onChange: (change: Change) => void): Tell =>
  async (options, run, told) => {
    let isSent = false;
    const onSent = (): void => {
      isSent = true;
    };
    try {
      const result = await run({ ...options, onSent });
      for (const change of told(result)) onChange({ ...change, outcome: 'done', isSent: true, error: null });
      return result;
    } catch (thrown) {
      const error = toAppError(thrown);
      const outcome = outcomeOf(error, isSent);
      for (const change of told(undefined)) onChange({ ...change, outcome, isSent, error });
      throw thrown;
    }
  };

/** The client, which tells of each change once its outcome is known. */
export function auditedClient(client: ActingClient, onChange: (change: Change) => void): ActingClient {
  const tell = tellTo(onChange);
  return {
    ...client,
    create: (type, values, options) =>
      tell(
        options,
        (noting) => client.create(type, values, noting),
        (made) => [{ kind: 'create', entity: { type, id: made?.id ?? null }, fields: namesOf(values) }],
      ),
    update: (type, id, values, options) =>
      tell(
        options,
        (noting) => client.update(type, id, values, noting),
        one('update', { type, id }, namesOf(values)),
      ),
    delete: (type, id, options) =>
      tell(options, (noting) => client.delete(type, id, noting), one('delete', { type, id })),
    revive: (type, id, options) =>
      tell(options, (noting) => client.revive(type, id, noting), one('revive', { type, id })),
    batch: (operations, options) =>
      tell(
        options,
        (noting) => client.batch(operations, noting),
        (written) => operations.map((operation, index) => toldOf(operation, written?.[index])),
      ),
    follow: (personId, targets, options) =>
      tell(
        options,
        (noting) => client.follow(personId, targets, noting),
        () => targets.map((entity) => ({ kind: 'follow', entity: refOf(entity), fields: [] })),
      ),
    unfollow: (personId, target, options) =>
      tell(options, (noting) => client.unfollow(personId, target, noting), one('unfollow', refOf(target))),
    uploads: auditedUploads(client.uploads, tell),
  };
}

const one =
  (kind: Change['kind'], entity: Told['entity'], fields: readonly string[] = []) =>
  (): readonly Told[] => [{ kind, entity, fields }];

const auditedUploads = (uploads: ActingClient['uploads'], tell: Tell): ActingClient['uploads'] => ({
  ...uploads,
  complete: (completion, options) => {
    const { field, ...target } = completion.target;
    return tell(
      options,
      (noting) => uploads.complete(completion, noting),
      one('upload', refOf(target), field === null ? [] : [field]),
    );
  },
});

/** A mistake of ours after the call has left says nothing of what the site did. */
function outcomeOf({ code, details }: AppError, isSent: boolean): ChangeOutcome {
  if (details?.['outcome'] === 'unknown') return 'unknown';
  return code === 'INTERNAL' && isSent ? 'unknown' : 'failed';
}

const namesOf = (values: WriteValues): readonly string[] => Object.keys(values);

const refOf = ({ type, id }: RecordRef): Told['entity'] => ({ type, id });

function toldOf(operation: BatchOperation, written: RecordRef | undefined): Told {
  const { kind, type } = operation;
  const id = operation.kind === 'create' ? (written?.id ?? null) : operation.id;
  return { kind, entity: { type, id }, fields: operation.kind === 'delete' ? [] : namesOf(operation.values) };
}
