import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type InlineFragmentNode,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import { fragmentOf, isIncluded } from '../request/document-memory.ts';
import { isPromise } from '../request/in-time.ts';
import { typeNameOfNode } from '../types/entity-types.ts';
import { leafText, NOT_WRITTEN } from './leaf-text.ts';
import { isEnough, nextSlice, orLeftOut, type Text, TOO_LONG } from './text.ts';

/** Called with the number of fields of each selection that is compiled. */
type OnCompiled = (fields: number) => void;

/**
 * Compiles what a field selects into a function that writes its value as text. It takes values as they are: no
 * arguments, no resolvers, no variables but those of `@skip` and `@include`.
 *
 * @throws NotWritten if something below the field is resolved and not just read
 */
export function compileOutput(info: GraphQLResolveInfo, onCompiled: OnCompiled): Text {
  const { schema, fragments, variableValues } = info;
  const conditions = Object.entries(variableValues).filter(([, value]) => typeof value === 'boolean');
  // The function outlives the request, and must keep nothing of it.
  const of = { schema, fragments, variableValues: Object.fromEntries(conditions) };
  return new Compiling(of, onCompiled).type(info.returnType, info.fieldNodes);
}

/** The fields of one type below a field of the document, by their keys in the answer. */
type Collected = Map<string, [FieldNode, ...FieldNode[]]>;

/** A field of an object. */
interface Part {
  /** What stands before its value. */
  readonly start: string;
  readonly name: string;
  readonly text: Text;
}

const NULL = 'null';
const TYPE_NAME = '__typename';

type OfDocument = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;

class Compiling {
  readonly #info: OfDocument;
  readonly #onCompiled: OnCompiled;

  constructor(info: OfDocument, onCompiled: OnCompiled) {
    this.#info = info;
    this.#onCompiled = onCompiled;
  }

  type(type: GraphQLOutputType, nodes: readonly FieldNode[]): Text {
    const isRequired = isNonNullType(type);
    const { write, inSlices } = this.#present(isRequired ? type.ofType : type, nodes);
    const nothing = (): string => {
      // The error of a value that is nothing takes the parent with it, as far as the types say.
      if (isRequired) throw NOT_WRITTEN;
      return NULL;
    };
    return {
      write: (value) => (isNothing(value) ? nothing() : write(value)),
      inSlices: inSlices && (async (value) => (isNothing(value) ? nothing() : inSlices(value))),
    };
  }

  /** Writes values that are there. */
  #present(type: GraphQLOutputType, nodes: readonly FieldNode[]): Text {
    if (isLeafType(type)) return { write: leafText(type), inSlices: undefined };
    if (isListType(type)) return listText(this.type(type.ofType, nodes));
    if (isObjectType(type)) return this.#object(type, nodes);
    if (isAbstractType(type)) return this.#abstract(type, nodes);
    throw NOT_WRITTEN;
  }

  /** The types of rows are compiled as they come: an interface may have a hundred. */
  #abstract(type: GraphQLAbstractType, nodes: readonly FieldNode[]): Text {
    if (type.resolveType !== typeNameOfNode) throw NOT_WRITTEN;
    const { schema } = this.#info;
    const known = new Map<string, Text>();
    const compile = (name: string): Text => {
      const found = schema.getType(name);
      // No name of the schema: it is not kept, since anybody may make one up.
      if (!isObjectType(found) || !schema.isSubType(type, found)) throw NOT_WRITTEN;
      const text = orLeftOut(() => this.#object(found, nodes));
      known.set(name, text);
      return text;
    };
    const textOf = (value: unknown): Text => {
      const name = isPlainObject(value) ? value[TYPE_NAME] : undefined;
      if (typeof name !== 'string') throw NOT_WRITTEN;
      return known.get(name) ?? compile(name);
    };
    return {
      write: (value) => textOf(value).write(value),
      inSlices: async (value) => {
        const { write, inSlices } = textOf(value);
        return inSlices === undefined ? write(value) : inSlices(value);
      },
    };
  }

  #object(type: GraphQLObjectType, nodes: readonly FieldNode[]): Text {
    if (type.isTypeOf !== undefined && type.isTypeOf !== null) throw NOT_WRITTEN;
    const collected: Collected = new Map();
    const seen = new Set<string>();
    for (const { selectionSet } of nodes)
      if (selectionSet) this.#collect(type, selectionSet, collected, seen);
    this.#onCompiled(collected.size);
    const parts: Part[] = [];
    // What is the same for every row is one text.
    let text = '{';
    let comma = '';
    for (const [key, [first, ...others]] of collected) {
      text += `${comma}${JSON.stringify(key)}:`;
      comma = ',';
      if (first.name.value === TYPE_NAME) {
        text += JSON.stringify(type.name);
        continue;
      }
      const field = type.getFields()[first.name.value];
      if (field === undefined || field.resolve !== undefined || field.args.length > 0) throw NOT_WRITTEN;
      parts.push({ start: text, name: field.name, text: this.type(field.type, [first, ...others]) });
      text = '';
    }
    return objectText(parts, `${text}}`);
  }

  /** As graphql-js collects them: in their order, a named fragment once. */
  #collect(type: GraphQLObjectType, set: SelectionSetNode, collected: Collected, seen: Set<string>): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FRAGMENT_SPREAD && seen.has(node.name.value)) continue;
      if (!isIncluded(node, this.#info)) continue;
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value;
        const known = collected.get(key);
        if (known === undefined) collected.set(key, [node]);
        else known.push(node);
        continue;
      }
      if (node.kind === Kind.FRAGMENT_SPREAD) seen.add(node.name.value);
      const fragment = fragmentOf(node, this.#info);
      if (fragment !== undefined && this.#isFor(type, fragment))
        this.#collect(type, fragment.selectionSet, collected, seen);
    }
  }

  #isFor(type: GraphQLObjectType, { typeCondition }: Pick<InlineFragmentNode, 'typeCondition'>): boolean {
    if (typeCondition === undefined) return true;
    const { schema } = this.#info;
    const condition = typeFromAST(schema, typeCondition);
    return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
  }
}

function listText({ write, inSlices }: Text): Text {
  return {
    write(value) {
      if (!Array.isArray(value)) throw NOT_WRITTEN;
      let text = '[';
      for (let index = 0; index < value.length; index += 1) {
        if (isEnough()) throw TOO_LONG;
        if (index > 0) text += ',';
        text += write(value[index]);
      }
      return `${text}]`;
    },
    async inSlices(value) {
      if (!Array.isArray(value)) throw NOT_WRITTEN;
      let text = '[';
      for (let index = 0; index < value.length; index += 1) {
        if (isEnough()) await nextSlice();
        if (index > 0) text += ',';
        text += inSlices === undefined ? write(value[index]) : await inSlices(value[index]);
      }
      return `${text}]`;
    },
  };
}

function objectText(parts: readonly Part[], end: string): Text {
  const hasLists = parts.some(({ text }) => text.inSlices !== undefined);
  return {
    write(value) {
      if (!isPlainObject(value)) throw NOT_WRITTEN;
      let all = '';
      for (const { start, name, text } of parts) all += start + text.write(value[name]);
      return all + end;
    },
    inSlices: hasLists
      ? async (value) => {
          if (!isPlainObject(value)) throw NOT_WRITTEN;
          let all = '';
          for (const { start, name, text } of parts) {
            const given = value[name];
            all += start + (text.inSlices === undefined ? text.write(given) : await text.inSlices(given));
          }
          return all + end;
        }
      : undefined,
  };
}

const isNothing = (value: unknown): value is null | undefined => value === null || value === undefined;

/** Neither an error nor something to wait for. */
const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !(value instanceof Error) && !isPromise(value);
