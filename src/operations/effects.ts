import { grouped } from '../base/bare.ts';
import type { GraphQLSchema } from 'graphql';
import type { ExposedSchema } from '../site/expose.ts';
import type { SchemaChange } from '../site/schema-diff.ts';
import { type SitePlace, sitePlaces } from '../site/site-places.ts';
import { inSlices } from './in-slices.ts';
import { type Place, placeOf } from './operation.ts';
import { type DocumentCheck, mistakesIn } from './operation-list.ts';
import type { WrittenTool } from './read-lists.ts';
import { formOf, printUse, type Use, usesIn } from './uses.ts';
import type { WrittenOperation } from './written-list.ts';

/** What a change of the schema does to an operation, at one place of it. */
export interface Effect {
  readonly tool: string;
  readonly operation: string;
  readonly place: Place;
  /** `breaks`: the server refuses the document after the change. `warns`: it runs it, and what it gets or gives differs. */
  readonly effect: 'breaks' | 'warns';
  readonly message: string;
  /** The place of the change that does it, such as `Version.sg_task`; null where none could be made out. */
  readonly change: string | null;
  /** The document does not fit the schema before the change either. */
  readonly isOld: boolean;
}

/** A schema, and how a server with it checks documents. */
export interface Graph extends DocumentCheck {
  readonly schema: GraphQLSchema;
}

/** Two states of a graph, and what lies between them. */
export interface GraphChange {
  readonly before: Graph;
  readonly after: Graph;
  /** The site as the first of them shows it. */
  readonly exposed: ExposedSchema;
  readonly changes: readonly SchemaChange[];
}

/** What a change does to the operations of tools, in the order of their lists. */
export async function effectsOf(tools: readonly WrittenTool[], change: GraphChange): Promise<Effect[]> {
  const find = changeFinder(change);
  const effects: Effect[] = [];
  for (const { tool, operations } of tools) {
    const found = await inSlices(operations, (operation) => effectsOn(operation, change, find));
    effects.push(...found.flat().map((effect) => ({ tool: tool.name, ...effect })));
  }
  return effects;
}

type Found = Omit<Effect, 'tool'>;

function effectsOn(
  { name: operation, document }: WrittenOperation,
  { before, after }: GraphChange,
  find: ChangeFinder,
): readonly Found[] {
  const uses = usesIn(document, before.schema);
  const mistakes = mistakesIn(document, after);
  const isOld = mistakes.length > 0 && before.mistakesOf(document).length > 0;
  const broken = new Set(mistakes.flatMap(({ nodes }) => nodes));
  const all = [
    ...mistakes.map(({ place, message, nodes }): Found => {
      const change = uses.flatMap((use) => (nodes.includes(use.node) ? (find(use)?.place ?? []) : []))[0];
      return { operation, place, effect: 'breaks', message, change: change ?? null, isOld };
    }),
    ...uses.flatMap((use): Found[] => {
      const warning = broken.has(use.node) ? undefined : warningOf(use, { before, after }, find);
      if (warning === undefined) return [];
      return [{ operation, place: placeOf(use.node), effect: 'warns', ...warning, isOld: false }];
    }),
  ];
  // A field that is asked twice in one line is told once.
  return [...new Map(all.map((found) => [JSON.stringify([found.place, found.message]), found])).values()];
}

function warningOf(
  use: Use,
  { before, after }: Pick<GraphChange, 'before' | 'after'>,
  find: ChangeFinder,
): Pick<Effect, 'message' | 'change'> | undefined {
  const [was, is] = [formOf(use, before.schema), formOf(use, after.schema)];
  // What is gone and breaks nothing here is a field that the values of a variable may have.
  const isGone = was !== undefined && is === undefined && use.variable !== null;
  const isChanged = was?.type !== is?.type && is !== undefined;
  const isDeprecated = is !== undefined && is.deprecated !== null && was?.deprecated === null;
  const change = find(use);
  const isTold = change !== undefined && change.isOfMember && use.variable === null;
  if (!isGone && !isChanged && !isDeprecated && !isTold) return undefined;
  const values = use.variable === null ? '' : `values of $${use.variable}: `;
  if (change !== undefined && (isTold || isGone || isChanged))
    return { message: `${values}${change.place} ${change.text}`, change: change.place };
  const text = isGone
    ? 'is gone.'
    : isChanged
      ? `is ${is?.type} now, not ${was?.type}.`
      : `is deprecated: ${is?.deprecated}`;
  return { message: `${values}${printUse(use)} ${text}`, change: null };
}

/** The change that a use of the schema feels. */
type ChangeFinder = (use: Use) => (SchemaChange & { readonly isOfMember: boolean }) | undefined;

function changeFinder({ exposed, changes }: GraphChange): ChangeFinder {
  const placeOfUse = sitePlaces(exposed);
  const felt = changes.filter(({ touches }) => touches !== 'label' && touches !== 'start');
  const byPlace = grouped(felt, ({ place }) => place);
  return (use) => {
    const at: SitePlace | undefined = placeOfUse(use.type, use.member);
    if (at === undefined) return undefined;
    const felt = (place: string): SchemaChange | undefined =>
      byPlace.get(place)?.find(({ touches }) => touches === 'use' || at.isWritten);
    const ofMember = at.field === null ? undefined : felt(`${at.type}.${at.field}`);
    const change = ofMember ?? felt(at.type);
    return change && { ...change, isOfMember: ofMember !== undefined };
  };
}
