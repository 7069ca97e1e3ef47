import { systemClock } from '../../base/clock.ts';
import { AppError, toAppError } from '../../base/errors.ts';
import { parseLogin } from '../../base/ids.ts';
import { createLogger } from '../../base/logger.ts';
import type { Environment } from '../../config/environment.ts';
import { loadSiteConfig } from '../../config/load-config.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import { readFieldInfo } from '../../shotgun/calls/field-info.ts';
import { searchRows } from '../../shotgun/calls/search.ts';
import { allOf } from '../../shotgun/port/requests.ts';
import { createShotgun } from '../../shotgun/create-shotgun.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { type Terminal, UsageError } from '../command.ts';
import type { OperationPlan } from './plan-of.ts';

/** What the role of a person hides from operations, as ShotGrid itself says it to that person. */
export interface Hidden {
  readonly login: string;
  /** Null if the person may not see it. */
  readonly role: string | null;
  readonly types: readonly HiddenPlace[];
  readonly fields: readonly HiddenPlace[];
  /** Types of which the person sees no row, so that nothing is known of their fields. */
  readonly unknown: readonly HiddenPlace[];
}

/** A type, or a field of one, with the operations that read it. */
export interface HiddenPlace {
  readonly place: string;
  /** `review Room`. */
  readonly operations: readonly string[];
}

/** Nothing is known: the person cannot be acted for, or the site is away. */
export interface NotAsked {
  readonly failure: string;
}

/**
 * Reads one row of each type that operations read, as the person: what a role hides is refused, or left out of the row.
 *
 * @throws UsageError for a login that nobody can have
 */
export async function hiddenFrom(
  login: string,
  plans: readonly OperationPlan[],
  exposed: ExposedSchema,
  environment: Environment,
): Promise<Hidden | NotAsked> {
  const person = parseLogin(login);
  if (person === undefined) throw new UsageError(`"${login}" is no login.`);
  const { site: settings } = loadSiteConfig(environment);
  const logger = createLogger({ level: 'error' });
  const shotgun = createShotgun({ settings, clock: systemClock, logger });
  try {
    const { id: personId, permissionRole: role } = await shotgun.identify(person);
    const found = await looksAt(readsOf(plans, exposed), shotgun.as(person, { personId }));
    return { login, role, ...found };
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    if (code === 'INTERNAL') throw thrown;
    return { failure: `ShotGrid could not be asked as ${login}: ${code}: ${message}` };
  } finally {
    await shotgun.close();
  }
}

/** By type: its fields, each with the operations that read it; the empty name is the type itself. */
type Reads = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

function readsOf(plans: readonly OperationPlan[], { types }: ExposedSchema): Reads {
  const reads = new Map<string, Map<string, Set<string>>>();
  const add = (type: string, field: string, by: string): void => {
    if (!types.has(type) || (field !== '' && types.get(type)?.fields.has(field) !== true)) return;
    const fields = reads.get(type) ?? new Map<string, Set<string>>();
    reads.set(type, fields.set(field, (fields.get(field) ?? new Set()).add(by)));
  };
  for (const { tool, operation, calls } of plans) {
    const by = `${tool.name} ${operation.name}`;
    for (const { type, fields } of calls) {
      if (type === null) continue;
      add(type, '', by);
      for (const path of fields) {
        // `sg_sequence.Sequence.project.Project.name`: a field of each type on the way.
        const parts = [type, ...path.split('.')];
        for (let at = 0; at + 1 < parts.length; at += 2) {
          add(parts[at] ?? '', '', by);
          add(parts[at] ?? '', parts[at + 1] ?? '', by);
        }
      }
    }
  }
  return reads;
}

async function looksAt(
  reads: Reads,
  client: ActingClient,
): Promise<Pick<Hidden, 'types' | 'fields' | 'unknown'>> {
  const types: HiddenPlace[] = [];
  const hidden: HiddenPlace[] = [];
  const unknown: HiddenPlace[] = [];
  for (const [type, fields] of [...reads].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const names = [...fields.keys()].filter((name) => name !== '').toSorted();
    const ofType = { place: type, operations: [...(fields.get('') ?? [])] };
    const row = await rowOf(type, names, client);
    if (row === 'refused') types.push(ofType);
    else if (row === undefined) unknown.push(ofType);
    else {
      const left = names.filter((name) => !Object.hasOwn(row, name));
      for (const name of left) {
        if (await isThere(type, name, client))
          hidden.push({ place: `${type}.${name}`, operations: [...(fields.get(name) ?? [])] });
      }
    }
  }
  return { types, fields: hidden, unknown };
}

/** Undefined if the person sees none. */
async function rowOf(
  type: string,
  fields: readonly string[],
  client: ActingClient,
): Promise<Readonly<Record<string, unknown>> | 'refused' | undefined> {
  try {
    const [row] = await client.call(searchRows({ type, filter: allOf(), fields, pageSize: 1 }));
    return row?.fields;
  } catch (error) {
    if (error instanceof AppError && error.code === 'FORBIDDEN') return 'refused';
    throw error;
  }
}

/** False for a field that the site has no more: no role hides it. */
async function isThere(type: string, field: string, client: ActingClient): Promise<boolean> {
  try {
    await client.call(readFieldInfo({ type, field, projectId: null }));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return false;
    if (error instanceof AppError && error.details?.['reason'] === 'unknownName') return false;
    throw error;
  }
}

/** For people at a terminal. */
export function printHidden({ login, role, types, fields, unknown }: Hidden, terminal: Terminal): void {
  const who = `${login} (${role ?? 'a role that they may not see'})`;
  if (types.length + fields.length === 0)
    terminal.print(`ShotGrid hides none of these types and fields from ${who}.`);
  else terminal.print(`Hidden by ShotGrid from ${who}:`);
  for (const { place, operations } of [...types, ...fields])
    terminal.print(`  ${place}: ${operations.join(', ')}`, 'warning');
  if (unknown.length > 0) {
    const names = unknown.map(({ place }) => place).join(', ');
    terminal.print(`Of these types ${login} sees no row, so nothing is known of their fields: ${names}.`);
  }
  terminal.print(
    'This is about types and fields. Which rows a person sees is decided row by row, and nothing is promised here.',
  );
}
