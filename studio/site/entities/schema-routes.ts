import express, { type Request, type Response, Router } from 'express';
import { notFound } from '../http/api-error.ts';
import { requireJson } from '../http/media-types.ts';
import { part, queryOf, text, typedPath } from '../http/query.ts';
import { assertAdministrator } from '../permissions/administrator.ts';
import type { Caller } from '../ports.ts';
import type { FieldModel, Leaf } from '../schema-model/field-model.ts';
import type { TypeModel } from '../schema-model/schema-model.ts';
import type { EntityDeps } from './entity-deps.ts';
import { bodyOf } from './read.ts';
import { createField, deleteField, reviveField, updateField } from './schema-writes.ts';

/** `/schema` and below (API 7). */
export function createSchemaRoutes(deps: EntityDeps): Router {
  const routes = Router({ caseSensitive: true });
  const json = express.json({ type: () => true, strict: false });
  const fieldPath = '/schema/:type/fields/:field';
  routes.get('/schema', (request, response) => {
    caller(deps, request, response);
    const data = Object.fromEntries([...deps.schema.types.values()].map(({ type, raw }) => [type, raw]));
    response.json({ data, links: { self: typedPath(request) } });
  });
  routes.get('/schema/:type', (request, response) => {
    caller(deps, request, response);
    response.json({ data: typeOf(deps, request).raw, links: { self: typedPath(request) } });
  });
  routes.get('/schema/:type/fields', (request, response) => {
    const who = caller(deps, request, response);
    const type = typeOf(deps, request);
    const data = Object.fromEntries(
      [...type.fields.values()].map((field) => [field.name, fieldView(deps, { who, type, request }, field)]),
    );
    response.json({ data, links: { self: typedPath(request) } });
  });
  routes.get(fieldPath, (request, response) => {
    const who = caller(deps, request, response);
    const type = typeOf(deps, request);
    response.json({ data: oneField(deps, { who, type, request }), links: { self: typedPath(request) } });
  });
  routes.post('/schema/:type/fields', requireJson, json, (request, response) => {
    administrator(deps, request, response);
    const type = typeOf(deps, request);
    const field = createField(deps, type, request.body);
    response.status(201).json({ data: field.raw, links: { self: `${typedPath(request)}/${field.name}` } });
  });
  routes.put(fieldPath, requireJson, json, (request, response) => {
    administrator(deps, request, response);
    const field = updateField(deps, typeOf(deps, request), fieldName(request), request.body);
    response.json({ data: field.raw, links: { self: typedPath(request) } });
  });
  routes.delete(fieldPath, (request, response) => {
    administrator(deps, request, response);
    deleteField(typeOf(deps, request), fieldName(request));
    response.status(204).end();
  });
  routes.post(fieldPath, json, (request, response) => {
    administrator(deps, request, response);
    const told = bodyOf(request.body ?? {})['revive'];
    reviveField(typeOf(deps, request), fieldName(request), told ?? text(queryOf(request), 'revive'));
    if (told !== undefined) response.status(204).end();
    else response.json({ data: {}, links: { self: typedPath(request) } });
  });
  return routes;
}

const fieldName = (request: Request): string => String(request.params['field']);

function caller(deps: EntityDeps, request: Request, response: Response): Caller {
  const who = deps.callerOf(request);
  response.locals['caller'] = who;
  return who;
}

/** Fields of the site are made and changed by administrators only. */
function administrator(deps: EntityDeps, request: Request, response: Response): void {
  assertAdministrator(caller(deps, request, response), 'change the schema');
}

function typeOf(deps: EntityDeps, request: Request): TypeModel {
  const segment = String(request.params['type']);
  const type = deps.schema.types.get(deps.schema.resolvePathSegment(segment) ?? '');
  if (type === undefined) throw notFound(`Entity type '${segment}' does not exist.`, 103);
  return type;
}

interface FieldRequest {
  readonly who: Caller;
  readonly type: TypeModel;
  readonly request: Request;
}

/** Undeclared fields exist: they answer 200 with no data (API 7). */
function oneField(deps: EntityDeps, asked: FieldRequest): unknown {
  const name = fieldName(asked.request);
  const field = asked.type.fields.get(name);
  if (field !== undefined) return fieldView(deps, asked, field);
  if (asked.type.type === 'Note' && name === 'read_by_current_user') return null;
  throw notFound(`Field '${asked.type.type}.${name}' does not exist.`, 103);
}

/** The field as this caller sees it: `editable.value` is computed per caller, `hidden_values` per project (API 7). */
function fieldView(deps: EntityDeps, { who, type, request }: FieldRequest, field: FieldModel): object {
  const raw = { ...field.raw } as Record<string, Leaf | Record<string, Leaf>>;
  const editable = raw['editable'] as Leaf | undefined;
  if (editable !== undefined) {
    const isEditable = deps.permissions.isFieldEditable(who, type.type, field.name);
    raw['editable'] = { ...editable, value: isEditable };
  }
  const projectId = Number(text(queryOf(request), 'project_id') ?? part(queryOf(request), 'project')['id']);
  const properties = raw['properties'] as Record<string, Leaf> | undefined;
  const hidden = properties?.['hidden_values'];
  if (hidden === undefined || !Number.isInteger(projectId)) return raw;
  return {
    ...raw,
    properties: { ...properties, hidden_values: { ...hidden, value: hiddenIn(deps, projectId, field) } },
  };
}

/** Statuses that a project hides, as its `tracking_settings` say (`{"hidden_statuses":{"sg_status_list":["hld"]}}`). */
function hiddenIn({ storage }: EntityDeps, projectId: number, field: FieldModel): unknown {
  const settings = storage.get('Project', projectId)?.values['tracking_settings'];
  if (typeof settings !== 'object' || settings === null || !('hidden_statuses' in settings))
    return field.hiddenValues;
  const hidden = settings.hidden_statuses as Readonly<Record<string, unknown>>;
  return (Object.hasOwn(hidden, field.name) ? hidden[field.name] : undefined) ?? field.hiddenValues;
}
