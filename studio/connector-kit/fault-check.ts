import { isDeepStrictEqual } from 'node:util';
import type { FakeSystem, SystemState } from './fake-system.ts';

export interface KitError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

export interface KitAnswer {
  // What is in it is the query's; a type of it would only repeat the schema.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
  /** None where nothing failed. */
  readonly errors: readonly KitError[];
}

/** What each state of the system may be called. */
const CODES: Readonly<Record<Exclude<SystemState, 'up'>, string>> = {
  down: 'SYSTEM_UNAVAILABLE',
  slow: 'SYSTEM_TIMEOUT',
  broken: 'SYSTEM_BROKEN',
  refusing: 'FORBIDDEN',
};

/** @throws Error saying what a fault of the system cost besides fields that have an error, or that it is told wrongly */
export async function assertFaultsCostOwnFields(
  systems: readonly FakeSystem[],
  ask: () => Promise<KitAnswer>,
): Promise<void> {
  const whole = await ask();
  if (whole.errors.length > 0) throw new Error(`While the system is up: ${whole.errors[0]?.message}`);
  for (const [state, code] of Object.entries(CODES)) {
    setState(systems, state as SystemState);
    const { data, errors } = await ask().finally(() => setState(systems, 'up'));
    const problem = problemOf(code, { data, errors }, whole.data);
    if (problem !== undefined) throw new Error(`While the system is ${state}: ${problem}`);
  }
}

function setState(systems: readonly FakeSystem[], state: SystemState): void {
  for (const system of systems) system.state = state;
}

function problemOf(code: string, { data, errors }: KitAnswer, whole: unknown): string | undefined {
  if (errors.length === 0) return 'no field has an error. Does the connector hide failures of its system?';
  const other = errors.find(({ extensions }) => extensions.code !== code);
  if (other !== undefined) {
    return `${placeOf(other)} has ${other.extensions.code} where ${code} was due. Does the connector throw errors of its own?`;
  }
  const expected = structuredClone(whole);
  for (const { path = [] } of errors) setNull(expected, path);
  if (isDeepStrictEqual(plain(data), plain(expected))) return undefined;
  return `more was lost than ${errors.map(placeOf).join(', ')}.`;
}

const placeOf = ({ path = [] }: KitError): string => path.join('.');

/** Answers have objects without a prototype. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

function setNull(data: unknown, path: readonly (string | number)[]): void {
  let place = data as Record<string | number, unknown> | null | undefined;
  for (const key of path.slice(0, -1)) place = place?.[key] as typeof place;
  const last = path.at(-1);
  if (last !== undefined && place !== null && place !== undefined) place[last] = null;
}
