import { expect } from 'vitest';
import { hostileValues } from './hostile-values.ts';
import { inputPlaces, type InputPlace } from './input-places.ts';
import { type InputWork, watchInputWork } from './input-work.ts';
import { startSiteWorld, type SiteWorld } from './site-world.ts';

/** What one request may cost, whatever its values are. */
const MOST_COERCED = 400_000;
const MOST_READ = 1_500_000;
/** graphql-js stops at fifty and says so. */
const MOST_ERRORS = 51;
const LONGEST_ANSWER = 60_000;

/** Characters from which on a value takes most of the time of a test. */
const LARGE = 10_000;

/** Codes of requests that were understood and refused, or that the site refused. */
const REFUSED = ['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED'];

export interface InputFuzz {
  readonly places: readonly InputPlace[];
  /** Sends each hostile value to a place. Gives how many were refused. */
  attack(place: InputPlace): Promise<number>;
  /** The same with the small values and one of the large ones: the next of them for the next place. */
  attackInTurn(place: InputPlace, turn: number): Promise<number>;
  close(): Promise<void>;
}

export async function startInputFuzz(): Promise<InputFuzz> {
  const world = await startSiteWorld({ timeoutMs: 60_000 });
  const takeWork = watchInputWork(world.part);
  const values = [...hostileValues()];
  const large = values.filter(([, text]) => text.length > LARGE);
  const small = values.filter(([, text]) => text.length <= LARGE);
  const countRefused = async (
    place: InputPlace,
    some: readonly (readonly [name: string, text: string])[],
  ): Promise<number> => {
    let refused = 0;
    for (const [name, text] of some) {
      // The work of one request is counted.
      if (await isRefused(world, takeWork, { ...place, name, text })) refused += 1;
    }
    return refused;
  };
  return {
    places: inputPlaces(world.part.schema),
    attack: (place) => countRefused(place, values),
    attackInTurn: (place, turn) =>
      countRefused(place, [...small, ...large.slice(turn % large.length).slice(0, 1)]),
    close: () => world.close(),
  };
}

interface Attack extends InputPlace {
  readonly name: string;
  readonly text: string;
}

async function isRefused(world: SiteWorld, takeWork: () => InputWork, attack: Attack): Promise<boolean> {
  const { document, name, text, place, type } = attack;
  takeWork();
  const variables = JSON.parse(`{"v":${text}}`) as Record<string, unknown>;
  const { errors, text: answer } = await world.ask(document, { variables, as: 'mira' });
  const { coerced, read, errors: made } = takeWork();
  const about = { place, type: String(type), name };
  expect({
    ...about,
    coerced: coerced <= MOST_COERCED || coerced,
    read: read <= MOST_READ || read,
    made: made <= MOST_ERRORS || made,
    answer: answer.length <= LONGEST_ANSWER || answer.length,
  }).toEqual({ ...about, coerced: true, read: true, made: true, answer: true });
  const unexpected = errors.filter(({ extensions: { code } }) => code === 'INTERNAL');
  expect({ ...about, unexpected }).toEqual({ ...about, unexpected: [] });
  const refusals = errors.filter(({ extensions: { code } }) => REFUSED.includes(code));
  const withoutPlace = refusals.filter(({ extensions }) => typeof extensions.details?.['path'] !== 'string');
  expect({ ...about, withoutPlace }).toEqual({ ...about, withoutPlace: [] });
  return refusals.length > 0;
}
