import { getNullableType, type GraphQLInputType, isInputObjectType, isListType } from 'graphql';
import { AppError } from '../base/errors.ts';

/**
 * Values of the variables of one request, and again of the arguments made of them: a variable can stand in a document
 * many times. The largest requests that make sense, 5000 conditions or 1000 changes, stay below it.
 */
const MAX_VALUES = 100_000;

/** A long text counts as several values: one more for so many characters. */
const CHARACTERS_OF_A_VALUE = 64;

/** graphql-js looks up each field of an input type in each object of that type: so many of them count as one value. */
const FIELDS_OF_A_VALUE = 10;

/** Readers of values call themselves for each level: thousands of levels overflow the stack. */
const MAX_DEPTH = 200;

const TOLD_KEYS = 3;
const TOLD_CHARACTERS = 50;

type Path = (string | number)[];

/** Counts the values that one request gives, so that a small request cannot make much work. */
export class InputBudget {
  #spent = 0;

  get spent(): number {
    return this.#spent;
  }

  /**
   * @param name of the variable or the argument
   * @throws AppError BAD_USER_INPUT with the path of what is too much, too deep or not in its input type
   */
  spend(name: string, value: unknown, type: GraphQLInputType): void {
    this.#count(value, type, [name]);
  }

  /** @throws AppError BAD_USER_INPUT where it is more than is left */
  pay(cost: number, path: Path): void {
    this.#spent += cost;
    if (this.#spent > MAX_VALUES)
      throw refused('These are too many values for one request. Ask in several requests.', path.slice(0, 1));
  }

  /** @param type undefined inside the value of a scalar */
  #count(value: unknown, type: GraphQLInputType | undefined, path: Path): void {
    this.pay(1 + (typeof value === 'string' ? value.length / CHARACTERS_OF_A_VALUE : 0), path);
    if (typeof value !== 'object' || value === null) return;
    if (path.length > MAX_DEPTH) throw refused('The value is nested too deep. Use fewer levels.', path);
    const given = type && getNullableType(type);
    if (Array.isArray(value)) {
      const itemType = isListType(given) ? given.ofType : given;
      for (let index = 0; index < value.length; index += 1)
        this.#countPart(value[index], itemType, path, index);
      return;
    }
    // What a scalar of another system made of its value, such as a Date, has no parts.
    if (!isPlain(value)) return;
    // In place of a list, GraphQL takes its only item.
    if (isListType(given)) this.#countObject(value, given.ofType, path);
    else this.#countObject(value, given, path);
  }

  #countObject(value: object, type: GraphQLInputType | undefined, path: Path): void {
    const given = type && getNullableType(type);
    const fields = isInputObjectType(given) ? given.getFields() : undefined;
    if (fields !== undefined) this.pay(countOf(fields) / FIELDS_OF_A_VALUE, path);
    for (const [key, part] of Object.entries(value)) {
      // graphql-js makes an error of each such key, with the whole object in its message.
      if (fields !== undefined && fields[key] === undefined) {
        throw refused(
          `There is no field "${key.slice(0, TOLD_CHARACTERS)}" in this input. Take it out.`,
          path,
        );
      }
      this.pay(key.length / CHARACTERS_OF_A_VALUE, path);
      this.#countPart(part, fields?.[key]?.type, path, key);
    }
  }

  // oxlint-disable-next-line max-params
  #countPart(part: unknown, type: GraphQLInputType | undefined, path: Path, key: string | number): void {
    path.push(key);
    this.#count(part, type, path);
    path.pop();
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const counts = new WeakMap<object, number>();

function countOf(fields: object): number {
  const known = counts.get(fields) ?? Object.keys(fields).length;
  counts.set(fields, known);
  return known;
}

function refused(message: string, path: Path): AppError {
  const told = path.slice(0, TOLD_KEYS).map((key) => String(key).slice(0, TOLD_CHARACTERS));
  return new AppError('BAD_USER_INPUT', { message, details: { path: told.join('.') } });
}
