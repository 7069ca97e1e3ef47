import { AppError } from '../base/errors.ts';
import { parseSessionUuid } from '../base/ids.ts';
import type { AmiConfig } from '../config/config.ts';
import type { AmiPayload } from './launch.ts';
import { safeReferrerPath } from './referrer-path.ts';

type Texts = ReadonlyMap<string, string>;

const ENTITY_TYPE = /^[A-Z][A-Za-z0-9]{0,99}$/u;
const ID = /^[1-9][0-9]{0,9}$/u;
const MAX_ID = 2_147_483_647;

/**
 * The payload of verified fields (API 11.2). Fields that nobody knows are left alone: ShotGrid may add some.
 *
 * @param maxIds how many ids one list may have
 * @throws AppError AMI_FIELDS, AMI_IDS (A30), AMI_ENTITY (A33)
 */
export function parseAmiPayload(texts: Texts, ami: AmiConfig, maxIds: number): AmiPayload {
  const entityType = parseEntityType(required(texts, 'entity_type'), ami);
  return {
    userId: parseId(required(texts, 'user_id'), 'AMI_FIELDS'),
    userLogin: required(texts, 'user_login'),
    entityType,
    selectedIds: parseIds(required(texts, 'selected_ids', { mayBeEmpty: true }), maxIds),
    ids: parseIds(required(texts, 'ids', { mayBeEmpty: true }), maxIds),
    title: optional(texts, 'title'),
    pageId: optionalId(texts, 'page_id'),
    serverHostname: optional(texts, 'server_hostname'),
    referrerPath: safeReferrerPath(texts.get('referrer_path')),
    sessionUuid: sessionUuidOf(texts),
    columns: list(texts, 'cols'),
    columnDisplayNames: list(texts, 'column_display_names'),
    view: optional(texts, 'view'),
    sort: sortOf(texts),
    grouping: groupingOf(texts),
    project: projectOf(texts),
  };
}

function required(texts: Texts, name: string, options: { mayBeEmpty?: boolean } = {}): string {
  const text = texts.get(name);
  if (text === undefined || (text === '' && options.mayBeEmpty !== true)) throw new AppError('AMI_FIELDS');
  return text;
}

const optional = (texts: Texts, name: string): string | null => texts.get(name) || null;

function optionalId(texts: Texts, name: string): number | null {
  const text = optional(texts, name);
  return text === null ? null : parseId(text, 'AMI_FIELDS');
}

function parseId(text: string, code: 'AMI_FIELDS' | 'AMI_IDS'): number {
  const id = ID.test(text) ? Number(text) : Number.NaN;
  if (!(id <= MAX_ID)) throw new AppError(code);
  return id;
}

function parseIds(text: string, maxIds: number): readonly number[] {
  if (text === '') return [];
  const parts = text.split(',', maxIds + 1);
  if (parts.length > maxIds) throw new AppError('AMI_IDS', { details: { maxIds } });
  return parts.map((part) => parseId(part, 'AMI_IDS'));
}

function parseEntityType(text: string, ami: AmiConfig): string {
  const isAccepted = ami.entityTypes.length === 0 ? ENTITY_TYPE.test(text) : ami.entityTypes.includes(text);
  if (!isAccepted) throw new AppError('AMI_ENTITY');
  return text;
}

function sessionUuidOf(texts: Texts): AmiPayload['sessionUuid'] {
  const text = optional(texts, 'session_uuid');
  if (text === null) return null;
  const uuid = parseSessionUuid(text);
  if (uuid === undefined) throw new AppError('AMI_FIELDS');
  return uuid;
}

function list(texts: Texts, name: string): string[] {
  const text = texts.get(name);
  return text === undefined || text === '' ? [] : text.split(',');
}

/** The plural field has every key where there are several; else the singular one has the only key (API 11.2). */
function keys(texts: Texts, plural: string, singular: string): string[] {
  const all = list(texts, plural);
  return all.length > 0 ? all : list(texts, singular).slice(0, 1);
}

const directionOf = (text: string | undefined): 'asc' | 'desc' => (text === 'desc' ? 'desc' : 'asc');

function sortOf(texts: Texts): AmiPayload['sort'] {
  const directions = keys(texts, 'sort_directions', 'sort_direction');
  return keys(texts, 'sort_columns', 'sort_column').map((column, index) => ({
    column,
    direction: directionOf(directions[index]),
  }));
}

function groupingOf(texts: Texts): AmiPayload['grouping'] {
  const methods = keys(texts, 'grouping_methods', 'grouping_method');
  const directions = keys(texts, 'grouping_directions', 'grouping_direction');
  return keys(texts, 'grouping_columns', 'grouping_column').map((column, index) => ({
    column,
    method: methods[index] || null,
    direction: directionOf(directions[index]),
  }));
}

function projectOf(texts: Texts): AmiPayload['project'] {
  const id = optionalId(texts, 'project_id');
  return id === null ? null : { id, name: texts.get('project_name') ?? '' };
}
