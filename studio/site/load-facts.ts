import { readJson } from '../read-json.ts';
import type { Switches } from './ports.ts';
import { checkSwitches, SWITCHES } from './switches.ts';

/** The form of the file that this site reads. */
const VERSION = 2;

/**
 * The switches that a `facts.json` of `shotgraph probe` sets: an emulated site that answers as the measured one.
 *
 * @throws Error that names the file and what is wrong with it
 */
export async function loadFacts(path: string): Promise<Switches> {
  const content = await readJson(path);
  const { version, facts }: { readonly version?: unknown; readonly facts?: unknown } =
    typeof content === 'object' && content !== null ? content : {};
  if (version !== VERSION || typeof facts !== 'object' || facts === null)
    throw new Error(`${path} is no file of facts of version ${VERSION}. "shotgraph probe" writes it.`);
  const isEmulated = ([name, value]: readonly [string, unknown]): boolean => {
    const choices = SWITCHES[name]?.choices;
    return choices === null || choices === undefined || choices.some((choice) => choice === value);
  };
  // An order of links that is neither by name nor by id cannot be imitated.
  return checkSwitches(Object.fromEntries(Object.entries(facts).filter(isEmulated)));
}
