import { ownValue } from '../base/bare.ts';
import { type FieldSchema, isLink, type SiteSchema } from './site-schema.ts';
import { COMMON_FACTS, typeFacts } from './type-facts.ts';

/** Types whose rows only connect two others: they show that these have a relation. */
const CONNECTIONS = /(?:Connection|Dependency)$/u;

/** Links by the type that holds them, by the type that they lead to. */
type LinksBetween = ReadonlyMap<string, ReadonlyMap<string, readonly FieldSchema[]>>;

/**
 * Pairs of links that show one relation from both sides, such as `Sequence.shots` and `Shot.sg_sequence` (API 5.2).
 * Nothing in ShotGrid's schema marks them, so they come from the table of type facts, read in both directions, and
 * from two fields of two types that name each other where no other fields do. A wrong pair costs a search that
 * brings nothing, and never a wrong answer.
 */
export class InverseLinks {
  readonly #schema: SiteSchema;
  /** By field and target. Every page asks for the same ones. */
  readonly #known = new Map<string, string | undefined>();
  #between: LinksBetween | undefined;
  #connected: ReadonlySet<string> | undefined;

  constructor(schema: SiteSchema) {
    this.#schema = schema;
  }

  /** The field of `target` that links back to rows of `type` which link to it by `field`; undefined where none is known. */
  of(type: string, field: string, target: string): string | undefined {
    const key = `${type}.${field} ${target}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#find(type, field, target));
    return this.#known.get(key);
  }

  #find(type: string, field: string, target: string): string | undefined {
    const stated = statedPair(type, field);
    if (stated !== undefined) {
      const [pairType, pairField] = stated?.split('.') ?? [];
      return pairType === target ? pairField : undefined;
    }
    return this.#reversed(type, field, target) ?? this.#bySchema(type, field, target);
  }

  /** The field of `target` for which the table names this one. */
  #reversed(type: string, field: string, target: string): string | undefined {
    const place = `${type}.${field}`;
    const named = [...Object.keys(typeFacts(target).inverseLinks ?? {}), ...COMMON_FIELDS];
    return named.find(
      (name) =>
        statedPair(target, name) === place &&
        this.#fieldsBetween(target, type).some((each) => each.name === name),
    );
  }

  #bySchema(type: string, field: string, target: string): string | undefined {
    const forth = this.#unpaired(type, target);
    if (!forth.some(({ name }) => name === field)) return undefined;
    if (type === target) return otherOfTwo(forth.filter(isList), field);
    const back = this.#unpaired(target, type);
    if (isPair(forth, back)) return back[0]?.name;
    // A connection has one relation to show, as a list on both sides.
    if (!this.#areConnected(type, target)) return undefined;
    const [forthLists, backLists] = [forth.filter(isList), back.filter(isList)];
    return isPair(forthLists, backLists) && forthLists[0]?.name === field ? backLists[0]?.name : undefined;
  }

  /** Links of which the table says nothing. */
  #unpaired(type: string, target: string): readonly FieldSchema[] {
    return this.#fieldsBetween(type, target).filter(
      ({ name }) => statedPair(type, name) === undefined && this.#reversed(type, name, target) === undefined,
    );
  }

  #fieldsBetween(type: string, target: string): readonly FieldSchema[] {
    this.#between ??= linksBetween(this.#schema);
    return this.#between.get(type)?.get(target) ?? [];
  }

  #areConnected(type: string, target: string): boolean {
    this.#connected ??= connectedTypes(this.#schema);
    return this.#connected.has(`${type} ${target}`);
  }
}

const COMMON_FIELDS = Object.keys(COMMON_FACTS.inverseLinks);

/** Null for a link of its own; undefined if the table says nothing of it. */
function statedPair(type: string, field: string): string | null | undefined {
  const own = ownValue(typeFacts(type).inverseLinks ?? {}, field);
  return own === undefined ? ownValue<string>(COMMON_FACTS.inverseLinks, field) : own;
}

const isList = ({ dataType }: FieldSchema): boolean => dataType === 'multi_entity';

/** Two single links that name each other need not show one relation. */
const isPair = (forth: readonly FieldSchema[], back: readonly FieldSchema[]): boolean =>
  forth.length === 1 && back.length === 1 && [...forth, ...back].some(isList);

function otherOfTwo(fields: readonly FieldSchema[], field: string): string | undefined {
  const [one, two] = fields;
  if (one === undefined || two === undefined || fields.length > 2) return undefined;
  if (one.name === field) return two.name;
  return two.name === field ? one.name : undefined;
}

function linksBetween({ types }: SiteSchema): LinksBetween {
  const between = new Map<string, Map<string, FieldSchema[]>>();
  for (const { type, fields } of types.values()) {
    const byTarget = new Map<string, FieldSchema[]>();
    between.set(type, byTarget);
    for (const field of fields.values()) {
      if (!isLink(field) || COMMON_FACTS.unpaired.some((name) => name === field.name)) continue;
      for (const target of field.validTypes) byTarget.set(target, [...(byTarget.get(target) ?? []), field]);
    }
  }
  return between;
}

function connectedTypes({ types }: SiteSchema): ReadonlySet<string> {
  const connected = new Set<string>();
  for (const { type, fields } of types.values()) {
    if (!CONNECTIONS.test(type)) continue;
    const ends = [...fields.values()].flatMap(({ name, dataType, validTypes }) =>
      dataType === 'entity' && !COMMON_FACTS.unpaired.some((each) => each === name) ? validTypes : [],
    );
    for (const one of ends) for (const other of ends) if (one !== other) connected.add(`${one} ${other}`);
  }
  return connected;
}
