import { AppError } from '../../base/errors.ts';
import {
  type EntityNode,
  type EntitySelection,
  KEPT_FROM_ROLE,
  mergeSelections,
  ROW_ONLY,
} from '../../query/ports/selection.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import { nearestName } from '../../site/nearest-name.ts';
import type { ConnectedRow } from '../../systems/connector.ts';

/** A field of a connector or a class that another one needs. */
export interface NeededDeclared<Context> {
  readonly selection: EntitySelection;
  /** Its value for the row, with its default arguments. */
  value(node: EntityNode, context: Context): Promise<unknown>;
}

interface NeededLink<Context> {
  readonly field: ExposedField;
  isNamed: boolean;
  /** By system name of the type. */
  readonly targets: Map<string, NeededRow<Context>>;
}

/** What is needed of a row of one type, by GraphQL names. */
interface NeededRow<Context> {
  isNamed: boolean;
  readonly values: Map<string, ExposedField>;
  readonly links: Map<string, NeededLink<Context>>;
  readonly declared: Map<string, NeededDeclared<Context>>;
}

/** What a field needs of its row. */
export interface Needs<Context> {
  /** What is read of the row wherever the field is selected. */
  readonly selection: EntitySelection;
  /**
   * The row with its needs and nothing else, so that an answer never depends on what else the document selects.
   * Undefined if a need was not read with the row.
   *
   * @throws AppError FORBIDDEN if a need is hidden from the person's role
   */
  take(node: EntityNode, context: Context): Promise<ConnectedRow | undefined>;
}

export interface NeedsOptions<Context> {
  readonly exposed: ExposedSchema;
  readonly type: ExposedType;
  /** Names of the graph: a field, or a path through links such as `sgShot.code`. */
  readonly paths: readonly string[];
  /** A field that a connector or a class declares; undefined if there is none. */
  readonly declared: (type: string, field: string) => NeededDeclared<Context> | undefined;
  /** An error with the place of the declaration. */
  readonly mistake: (message: string) => Error;
}

/** @throws what `mistake` gives, for a name that the graph does not have or that cannot be needed */
export function compileNeeds<Context>(options: NeedsOptions<Context>): Needs<Context> {
  const needed = emptyRow<Context>();
  for (const path of options.paths) new NeedPath(options, path).addTo(needed, options.type, path.split('.'));
  const selection = mergeSelections([ROW_ONLY, selectionOf(needed)]);
  const isPlain = options.paths.length === 0;
  return {
    selection,
    take: (node, context) =>
      isPlain ? Promise.resolve({ type: node.type, id: node.id }) : new Taking(context).row(node, needed),
  };
}

const emptyRow = <Context>(): NeededRow<Context> => ({
  isNamed: false,
  values: new Map(),
  links: new Map(),
  declared: new Map(),
});

/** Fields that every link carries. */
const OF_EVERY_ROW: ReadonlySet<string> = new Set(['id', 'type', 'name']);

/** One of the needs, read step by step. */
class NeedPath<Context> {
  readonly #options: NeedsOptions<Context>;
  readonly #path: string;

  constructor(options: NeedsOptions<Context>, path: string) {
    this.#options = options;
    this.#path = path;
  }

  addTo(row: NeededRow<Context>, type: ExposedType, [name = '', ...rest]: readonly string[]): void {
    if (rest.length === 0 && OF_EVERY_ROW.has(name)) {
      row.isNamed ||= name === 'name';
      return;
    }
    const field = [...type.fields.values()].find(({ graphqlName }) => graphqlName === name);
    if (field === undefined) {
      if (rest.length > 0) throw this.#unknown(type, name);
      row.declared.set(name, this.#declared(type, name));
      return;
    }
    const { shown } = field.valueType;
    if (shown === 'link' || shown === 'links') {
      const link = row.links.get(name) ?? { field, isNamed: false, targets: new Map() };
      row.links.set(name, link);
      this.#addToLink(link, rest);
      return;
    }
    if (rest.length > 0)
      throw this.#wrong(`"${name}" of ${type.graphqlName} is no link. Say "${name}" only.`);
    row.values.set(name, field);
  }

  #declared(type: ExposedType, name: string): NeededDeclared<Context> {
    const declared = this.#options.declared(type.graphqlName, name);
    if (declared === undefined) throw this.#unknown(type, name);
    return declared;
  }

  #addToLink(link: NeededLink<Context>, rest: readonly string[]): void {
    if (rest.length === 0) return;
    const { field, targets } = link;
    const possible = this.#targetsOf(field);
    const [only] = possible;
    const isOfOne = field.target !== null && only !== undefined;
    const named = isOfOne ? only : possible.find(({ graphqlName }) => graphqlName === rest[0]);
    const steps = isOfOne || named === undefined ? rest : rest.slice(1);
    const [first = ''] = steps;
    if (steps.length === 1 && OF_EVERY_ROW.has(first)) {
      link.isNamed ||= first === 'name';
      return;
    }
    if (named === undefined || steps.length === 0) {
      const types = possible.map(({ graphqlName }) => graphqlName).join(', ');
      throw this.#wrong(
        `"${field.graphqlName}" may hold several types. Name one of them, and its field after it: ${types}.`,
      );
    }
    const target = targets.get(named.type) ?? emptyRow<Context>();
    targets.set(named.type, target);
    this.addTo(target, named, steps);
  }

  #targetsOf({ target, validTypes }: ExposedField): readonly ExposedType[] {
    const { types } = this.#options.exposed;
    const named = target === null ? validTypes : validTypes.slice(0, 1);
    return named.length === 0 ? [...types.values()] : named.flatMap((name) => types.get(name) ?? []);
  }

  #unknown(type: ExposedType, name: string): Error {
    const known = [...type.fields.values()].map(({ graphqlName }) => graphqlName);
    const nearest = nearestName(name, known);
    const advice = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    return this.#wrong(
      `${type.graphqlName} has no field "${name}" of the site, of a system or of a class.${advice}`,
    );
  }

  #wrong(problem: string): Error {
    return this.#options.mistake(`it needs "${this.#path}", but ${problem}`);
  }
}

/** The needs as a selection, by system names. */
function selectionOf<Context>({ values, links, declared }: NeededRow<Context>): EntitySelection {
  const targetsOf = ({ targets }: NeededLink<Context>) =>
    [...targets]
      .map(([type, target]) => [type, selectionOf(target)] as const)
      .filter(([, { fields }]) => fields.size > 0);
  const ofLinks = [...links.values()].map((link) => [link.field.name, new Map(targetsOf(link))] as const);
  return mergeSelections([
    {
      fields: new Set(
        [...values.values(), ...[...links.values()].map(({ field }) => field)].map(({ name }) => name),
      ),
      links: new Map(ofLinks.filter(([, targets]) => targets.size > 0)),
      namedLinks: new Set([...links.values()].flatMap(({ field, isNamed }) => (isNamed ? [field.name] : []))),
    },
    ...[...declared.values()].map(({ selection }) => selection),
  ]);
}

/** Stands for a need that was not read with its row. */
class NotRead extends Error {}

/** Takes the needs of a row from its node. */
class Taking<Context> {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async row(node: EntityNode, needed: NeededRow<Context>): Promise<ConnectedRow | undefined> {
    try {
      return await this.#row(node, needed, '');
    } catch (error) {
      if (error instanceof NotRead) return undefined;
      throw error;
    }
  }

  async #row(node: EntityNode, needed: NeededRow<Context>, path: string): Promise<ConnectedRow> {
    const given: { type: string; id: number; [need: string]: unknown } = { type: node.type, id: node.id };
    if (needed.isNamed) given['name'] = certain(node.name);
    for (const name of needed.values.keys()) given[name] = structuredClone(valueOf(node, name, path));
    for (const [name, link] of needed.links) {
      const value = valueOf(node, name, path);
      given[name] = Array.isArray(value)
        ? await Promise.all(value.map((each: unknown) => this.#linked(each, link, `${path}${name}.`)))
        : await this.#linked(value, link, `${path}${name}.`);
    }
    await Promise.all(
      [...needed.declared].map(async ([name, declared]) => {
        given[name] = await declared.value(node, this.#context);
      }),
    );
    return given;
  }

  async #linked(value: unknown, { isNamed, targets }: NeededLink<Context>, path: string): Promise<unknown> {
    const link = certain(value);
    if (!isEntityNode(link)) return null;
    const target = targets.get(link.type);
    const row = target === undefined ? { type: link.type, id: link.id } : await this.#row(link, target, path);
    return isNamed ? { ...row, name: certain(link.name) } : row;
  }
}

/** The value of a field; its error is the error of whatever needs it. */
function valueOf(node: EntityNode, name: string, path: string): unknown {
  const value = certain(node[name]);
  if (value === undefined) throw new NotRead();
  if (value !== null || node[KEPT_FROM_ROLE]?.has(name) !== true) return value;
  const need = `${path}${name}`;
  throw new AppError('FORBIDDEN', {
    message: `This needs "${need}" of ShotGrid, which your role there may not see. Ask for the permission in ShotGrid.`,
    details: { need },
  });
}

/** True for what a row of ShotGrid resolves to. */
export const isEntityNode = (value: unknown): value is EntityNode =>
  typeof value === 'object' && value !== null && '__typename' in value;

function certain(value: unknown): unknown {
  if (value instanceof Error) throw value;
  return value;
}
