import { type AppError, toAppError } from '../base/errors.ts';
import type { ActingClient, BatchOperation, RecordRef, WriteValues } from '../shotgun/shotgun.ts';

/** A change that was made, or tried. Names of fields only: values are nobody's business but the site's. */
export interface Change {
  readonly kind: 'create' | 'update' | 'delete' | 'revive' | 'follow' | 'unfollow' | 'upload';
  readonly entity: { readonly type: string; readonly id: number | null };
  readonly fields: readonly string[];
  readonly error: AppError | null;
}

type Told = Omit<Change, 'error'>;

/** The client, which tells of each change once its outcome is known. */
export function auditedClient(client: ActingClient, onChange: (change: Change) => void): ActingClient {
  const tell = async <T>(
    run: () => Promise<T>,
    told: (result: T | undefined) => readonly Told[],
  ): Promise<T> => {
    try {
      const result = await run();
      for (const change of told(result)) onChange({ ...change, error: null });
      return result;
    } catch (thrown) {
      const error = toAppError(thrown);
      for (const change of told(undefined)) onChange({ ...change, error });
      throw thrown;
    }
  };
  const one =
    (kind: Change['kind'], entity: Told['entity'], fields: readonly string[] = []) =>
    (): readonly Told[] => [{ kind, entity, fields }];
  return {
    ...client,
    create: (type, values, options) =>
      tell(
        () => client.create(type, values, options),
        (made) => [{ kind: 'create', entity: { type, id: made?.id ?? null }, fields: namesOf(values) }],
      ),
    update: (type, id, values, options) =>
      tell(() => client.update(type, id, values, options), one('update', { type, id }, namesOf(values))),
    delete: (type, id, options) => tell(() => client.delete(type, id, options), one('delete', { type, id })),
    revive: (type, id, options) => tell(() => client.revive(type, id, options), one('revive', { type, id })),
    batch: (operations, options) =>
      tell(
        () => client.batch(operations, options),
        (written) => operations.map((operation, index) => toldOf(operation, written?.[index])),
      ),
    follow: (personId, targets, options) =>
      tell(
        () => client.follow(personId, targets, options),
        () => targets.map((entity) => ({ kind: 'follow', entity: refOf(entity), fields: [] })),
      ),
    unfollow: (personId, target, options) =>
      tell(() => client.unfollow(personId, target, options), one('unfollow', refOf(target))),
    uploads: {
      ...client.uploads,
      complete: (completion, options) => {
        const { field, ...target } = completion.target;
        return tell(
          () => client.uploads.complete(completion, options),
          one('upload', refOf(target), field === null ? [] : [field]),
        );
      },
    },
  };
}

const namesOf = (values: WriteValues): readonly string[] => Object.keys(values);

const refOf = ({ type, id }: RecordRef): Told['entity'] => ({ type, id });

function toldOf(operation: BatchOperation, written: RecordRef | undefined): Told {
  const { kind, type } = operation;
  const id = operation.kind === 'create' ? (written?.id ?? null) : operation.id;
  return { kind, entity: { type, id }, fields: operation.kind === 'delete' ? [] : namesOf(operation.values) };
}
