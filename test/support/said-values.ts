import {
  getNullableType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLList,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';

/** Draws one of several at random: the same ones for the same seed. */
export type Draw = <T>(...items: readonly [T, ...T[]]) => T;

/** The same value as a document has it with variables, and without any. */
export type SaidValue = readonly [withVariables: string, plain: string];

/** The variables that stand in one document, in the order in which its values were said. */
export class Variables {
  readonly #draw: Draw;
  readonly definitions: string[] = [];
  readonly given: Record<string, unknown> = {};
  /** In how many of each way variables stand in the document. */
  readonly ways: string[] = [];

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  /** A value of an input type, of which random parts are variables, beside variables that are left out. */
  say(type: GraphQLInputType, value: unknown): SaidValue {
    const plain = literalOf(type, value);
    const way = isJson(type) ? this.#draw('given', 'parts', 'parts', 'parts') : this.#draw(...WAYS);
    if (way === 'literal') return [plain, plain];
    if (way === 'given') {
      this.ways.push(value === null ? 'null' : 'given');
      return [this.#define(String(type), value), plain];
    }
    if (way === 'default' && value !== null) {
      this.ways.push('default');
      return [this.#define(`${String(getNullableType(type))} = ${plain}`), plain];
    }
    const given = getNullableType(type);
    if (isListType(given) && Array.isArray(value)) return this.#items(given, value);
    if (isInputObjectType(given) && isObject(value)) return this.#fields(given, value);
    if (isJson(given) && value !== null) return this.#json(value);
    return [plain, plain];
  }

  /** A variable of its own for a value that stands in several places. */
  once(type: GraphQLInputType, value: unknown): SaidValue {
    return [this.#define(String(type), value), literalOf(type, value)];
  }

  /** A variable that is left out. */
  leftOut(type: GraphQLInputType): string {
    this.ways.push('left out');
    return this.#define(String(getNullableType(type)));
  }

  #define(type: string, value?: unknown): string {
    const name = `v${this.definitions.length}`;
    this.definitions.push(`$${name}: ${type}`);
    if (value !== undefined) this.given[name] = value;
    return `$${name}`;
  }

  #items(type: GraphQLList<GraphQLInputType>, items: readonly unknown[]): SaidValue {
    const before = this.definitions.length;
    const said = items.map((item) => this.say(type.ofType, item));
    if (this.definitions.length > before) this.ways.push('in a list');
    return bothOf(said, (texts) => `[${texts.join(', ')}]`);
  }

  #fields(type: GraphQLInputObjectType, value: Readonly<Record<string, unknown>>): SaidValue {
    const before = this.definitions.length;
    const fields = type.getFields();
    const said = Object.entries(value).map(([name, part]): SaidValue => {
      const field = fields[name];
      if (field === undefined) throw new Error(`${type.name} has no ${name}`);
      return named(name, this.say(field.type, part));
    });
    if (this.definitions.length > before) this.ways.push('in an object');
    const others = Object.values(fields).filter(
      (field) => !(field.name in value) && !isRequiredInputField(field),
    );
    const [first, ...rest] = others;
    const count = first === undefined ? 0 : this.#draw(0, 1, 2);
    const leftOut = new Set(Array.from({ length: count }, () => first && this.#draw(first, ...rest)));
    for (const field of leftOut) {
      if (field === undefined) continue;
      if (isNonNullType(field.type)) this.ways.push('default of the schema');
      said.push([`${field.name}: ${this.leftOut(field.type)}`, '']);
    }
    return bothOf(said, (texts) => `{ ${texts.filter((text) => text !== '').join(', ')} }`);
  }

  /** JSON has no types of its own: each of its values can be a variable of the type that it looks like. */
  #json(value: unknown): SaidValue {
    if (Array.isArray(value)) {
      const said = value.map((item) => this.#json(item));
      if (this.#draw(true, false)) said.push([this.#leftOutOfJson(), 'null']);
      return bothOf(said, (texts) => `[${texts.join(', ')}]`);
    }
    if (isObject(value)) {
      const said = Object.entries(value).map(([name, part]) => named(name, this.#json(part)));
      said.push([`absent: ${this.#leftOutOfJson()}`, '']);
      return bothOf(said, (texts) => `{ ${texts.filter((text) => text !== '').join(', ')} }`);
    }
    const plain = jsonText(value);
    if (this.#draw(true, false, false)) return [plain, plain];
    this.ways.push('in JSON');
    return [this.#define(TYPE_OF_JSON[typeof value] ?? 'String', value), plain];
  }

  #leftOutOfJson(): string {
    this.ways.push('left out of JSON');
    return this.#define('String');
  }
}

const WAYS = ['literal', 'given', 'default', 'parts', 'parts', 'parts'] as const;

const TYPE_OF_JSON: Readonly<Record<string, string>> = { number: 'Int', boolean: 'Boolean' };

const named = (name: string, [withVariables, plain]: SaidValue): SaidValue => [
  `${name}: ${withVariables}`,
  `${name}: ${plain}`,
];

const bothOf = (said: readonly SaidValue[], join: (texts: readonly string[]) => string): SaidValue => [
  join(said.map(([withVariables]) => withVariables)),
  join(said.map(([, plain]) => plain)),
];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isJson = (type: GraphQLInputType): boolean =>
  ['JSON', 'JSONObject'].includes(String(getNullableType(type)));

/** A value of an input type as a document has it. */
export function literalOf(type: GraphQLInputType, value: unknown): string {
  const given = getNullableType(type);
  if (value === null) return 'null';
  if (isListType(given)) {
    return Array.isArray(value)
      ? `[${value.map((item) => literalOf(given.ofType, item)).join(', ')}]`
      : literalOf(given.ofType, value);
  }
  if (isInputObjectType(given) && isObject(value)) {
    const fields = given.getFields();
    const parts = Object.entries(value).map(([name, part]) => {
      const field = fields[name];
      if (field === undefined) throw new Error(`${given.name} has no ${name}`);
      return `${name}: ${literalOf(field.type, part)}`;
    });
    return `{ ${parts.join(', ')} }`;
  }
  return isEnumType(given) && typeof value === 'string' ? value : jsonText(value);
}

function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item)).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${key}: ${jsonText(part)}`)
    .join(', ')} }`;
}
