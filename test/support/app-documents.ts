import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DefinitionNode, Kind, parse, print, visit } from 'graphql';
import { ROOT } from '../rules/source-files.ts';

const FOLDER = join(ROOT, 'studio', 'app', 'operations');

/** A query of the review app as the app sends it, with the fragments that it spreads. */
export function appDocument(name: string): string {
  const definitions = readdirSync(FOLDER).flatMap(
    (file) => parse(readFileSync(join(FOLDER, file), 'utf8')).definitions,
  );
  const found = new Map<string, DefinitionNode>();
  const take = (wanted: string): void => {
    const definition = definitions.find((each) => 'name' in each && each.name?.value === wanted);
    if (definition === undefined) throw new Error(`the review app has no ${wanted}`);
    if (found.has(wanted)) return;
    found.set(wanted, definition);
    visit(definition, { FragmentSpread: (spread) => take(spread.name.value) });
  };
  take(name);
  return print({ kind: Kind.DOCUMENT, definitions: [...found.values()] });
}
