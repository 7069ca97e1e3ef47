import type { ExposedType } from '../../src/site/expose.ts';
import type { WriteSample } from './write-samples.ts';

/** How lists of links are changed. */
export type LinkMode = 'set' | 'add' | 'remove';
export type BatchPart = 'create' | 'update' | 'delete';

/** What a new record cannot do without. */
export const isNeeded = ({ systemName }: WriteSample): boolean =>
  systemName === 'project' || systemName === 'entity';

/** The same write in both languages. */
export interface TwinCall {
  readonly document: string;
  readonly variables: Record<string, unknown>;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** What is written, where. */
export interface TwinPlace {
  readonly id: number;
  readonly otherId: number;
  readonly personId: number;
  /** Of an update. */
  readonly fields: readonly WriteSample[];
  /** Of a create. */
  readonly newFields: readonly WriteSample[];
}

export interface TwinKind {
  readonly kind: 'create' | 'update' | 'delete' | 'revive' | 'follow' | 'unfollow' | 'batch';
  readonly mode: LinkMode;
  /** Operations of a batch, in order. */
  readonly parts: readonly BatchPart[];
}

/** The same write in both languages. */
export function callOf(type: ExposedType, { kind, mode, parts }: TwinKind, place: TwinPlace): TwinCall {
  const { id, personId } = place;
  const path = `/entity/${type.type}`;
  const name = type.graphqlName;
  switch (kind) {
    case 'create': {
      const document = `mutation ($input: ${name}CreateInput!) { create${name}(input: $input) { id name } }`;
      const { input, values } = written(type, 'create', mode, place);
      return { document, variables: { input }, method: 'POST', path, body: values };
    }
    case 'update': {
      const document = `mutation ($id: Int!, $input: ${name}UpdateInput!) { update${name}(id: $id, input: $input) { id name } }`;
      const { input, values } = written(type, 'update', mode, place);
      return { document, variables: { id, input }, method: 'PUT', path: `${path}/${id}`, body: values };
    }
    case 'batch': {
      const document =
        'mutation ($operations: [BatchOperationInput!]!) { batch(operations: $operations) { kind type id } }';
      const both = parts.map((part) => batchPart(type, part, mode, place));
      const operations = both.map(({ operation }) => operation);
      const body = { requests: both.map(({ request }) => request) };
      return { document, variables: { operations }, method: 'POST', path: '/entity/_batch', body };
    }
    case 'delete':
      return {
        ...{ document: `mutation ($id: Int!) { delete${name}(id: $id) { id } }`, variables: { id } },
        ...{ method: 'DELETE', path: `${path}/${id}` },
      };
    case 'revive':
      return {
        ...{ document: `mutation ($id: Int!) { revive${name}(id: $id) { id } }`, variables: { id } },
        ...{ method: 'POST', path: `${path}/${id}?revive=1`, body: {} },
      };
    default: {
      const document = `mutation ($entity: EntityRefInput!) { ${kind}(entity: $entity) { id } }`;
      const variables = { entity: { type: type.type, id } };
      return kind === 'follow'
        ? {
            ...{ document, variables, method: 'POST', path: `/entity/HumanUser/${personId}/follow` },
            body: { entities: [{ record_id: id, entity: type.type }] },
          }
        : { document, variables, method: 'PUT', path: `${path}/${id}/unfollow`, body: { user_id: personId } };
    }
  }
}

/** The input of a write, and the values that the API wants for it. */
function written(
  type: ExposedType,
  verb: 'create' | 'update',
  mode: LinkMode,
  { fields, newFields, personId }: TwinPlace,
) {
  const samples = verb === 'create' ? newFields : fields;
  const input = Object.fromEntries(samples.map((sample) => [sample.name, changedValue(sample, mode)]));
  const values = Object.fromEntries(samples.map((sample) => [sample.systemName, restValue(sample, mode)]));
  const isSaid = verb === 'create' && ['Note', 'Reply'].includes(type.type) && !('user' in values);
  return { input, values: { ...values, ...(isSaid && { user: { type: 'HumanUser', id: personId } }) } };
}

/** One operation of a batch: it changes one row, retires another or makes a new one. */
function batchPart(type: ExposedType, part: BatchPart, mode: LinkMode, place: TwinPlace) {
  const { type: entity, graphqlName: name } = type;
  const { id, otherId } = place;
  if (part === 'delete') {
    return {
      operation: { [`delete${name}`]: otherId },
      request: { request_type: 'delete', entity, record_id: otherId },
    };
  }
  const { input, values } = written(type, part, mode, place);
  return part === 'create'
    ? { operation: { [`create${name}`]: input }, request: { request_type: 'create', entity, data: values } }
    : {
        operation: { [`update${name}`]: { id, input } },
        request: { request_type: 'update', entity, record_id: id, data: values },
      };
}

/** What the API wants to have written (API 5.2, 5.3). */
function restValue({ dataType, value }: WriteSample, mode: LinkMode): unknown {
  if (dataType === 'float' && typeof value === 'number') return value.toFixed(1);
  if (dataType === 'date_time') return '2026-03-01T01:30:00Z';
  if (dataType !== 'multi_entity' || Array.isArray(value)) return value;
  return { multi_entity_update_mode: mode, value: (value as { set: unknown }).set };
}

/** The sample of a list of links, which sets it, as the change that is wanted. */
const changedValue = ({ dataType, value }: WriteSample, mode: LinkMode): unknown =>
  dataType !== 'multi_entity' || Array.isArray(value) ? value : { [mode]: (value as { set: unknown }).set };
