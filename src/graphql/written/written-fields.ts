import type { ApolloServerPlugin } from '@apollo/server';
import {
  defaultFieldResolver,
  type GraphQLField,
  getNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isLeafType,
  isNonNullType,
  OperationTypeNode,
  responsePathAsArray,
} from 'graphql';
import { createDocumentMemory } from '../request/document-memory.ts';
import type { GraphqlContext } from '../request/context.ts';
import { isPromise } from '../request/in-time.ts';
import { hasOwnResolver } from '../resolve/own-resolvers.ts';
import { fieldsOfObjects } from '../types/object-fields.ts';
import { compileOutput } from './output.ts';
import { orLeftOut, type Text, textOf } from './text.ts';

/** A part of an answer that is text already. */
class Written {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Path = GraphQLResolveInfo['path'];

/** The parts of the answer to one request. */
type Parts = [Path, Written][];

const partsOfRequests = new WeakMap<GraphqlContext, Parts>();
/** Objects and lists of an answer that hold a part, at any depth. */
const holders = new WeakSet<object>();

/**
 * Lets each field that reads rows write its value as text, in one pass, where the text is the one that graphql-js would
 * give: rows are finished when their field is resolved. graphql-js gets null in its place, and the part is put there when
 * the answer is complete. Whatever else is below a field, and every error, is executed by graphql-js.
 */
export function withWrittenFields(schema: GraphQLSchema): GraphQLSchema {
  const outputs = new Outputs();
  for (const [, field] of fieldsOfObjects(schema)) if (givesRows(field)) letWrite(field, outputs);
  return schema;
}

/** A null in its place must be legal. */
const givesRows = (field: GraphQLField<unknown, GraphqlContext>): boolean =>
  hasOwnResolver(field) && !isNonNullType(field.type) && !isLeafType(getNamedType(field.type));

function letWrite(field: GraphQLField<unknown, GraphqlContext>, outputs: Outputs): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (root, args, context, info) => {
    const value: unknown = resolve(root, args, context, info);
    const parts = partsOfRequests.get(context);
    if (parts === undefined || info.operation.operation !== OperationTypeNode.QUERY) return value;
    const put = (text: string): null => {
      parts.push([info.path, new Written(text)]);
      return null;
    };
    const take = (given: unknown): unknown => {
      if (given === null || given === undefined) return given;
      try {
        const text = textOf(outputs.of(info), given);
        return typeof text === 'string' ? put(text) : text.then(put).catch(() => given);
      } catch {
        // It cannot be written exactly.
        return given;
      }
    };
    return isPromise(value) ? value.then(take) : take(value);
  };
}

/** Fields of all compiled selections that are kept: a small document of fragments can select thousands. */
const MAX_KEPT_FIELDS = 50_000;

class Outputs {
  #memory = createDocumentMemory<Text>();
  #left = MAX_KEPT_FIELDS;

  of(info: GraphQLResolveInfo): Text {
    return this.#memory(info, '', () =>
      orLeftOut(() => compileOutput(info, (fields) => this.#count(fields))),
    );
  }

  #count(fields: number): void {
    this.#left -= fields + 1;
    if (this.#left > 0) return;
    this.#memory = createDocumentMemory<Text>();
    this.#left = MAX_KEPT_FIELDS;
  }
}

/**
 * The plugin that puts the parts into the answer. Only answers that leave by HTTP have parts: a caller in this process
 * gets values.
 */
export const writtenAnswers: ApolloServerPlugin<GraphqlContext> = {
  async requestDidStart({ request, contextValue }) {
    if (request.http === undefined) return undefined;
    const parts: Parts = [];
    partsOfRequests.set(contextValue, parts);
    return {
      async willSendResponse({ response: { body } }) {
        if (body.kind !== 'single') return;
        for (const [path, part] of parts) place(body.singleResult.data, path, part);
      },
    };
  },
};

/** A part has no place if an error took the object that it belongs to. */
function place(data: unknown, path: Path, part: Written): void {
  const keys = [...responsePathAsArray(path)];
  const last = keys.pop();
  const above: Holder[] = [];
  let holder: unknown = data;
  for (const key of keys) {
    if (!isHolder(holder)) return;
    above.push(holder);
    holder = holder[key];
  }
  if (last === undefined || !isHolder(holder)) return;
  holder[last] = part;
  for (const each of [...above, holder]) holders.add(each);
}

type Holder = Record<string | number, unknown>;

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** An answer as text, with what is text already. */
export function answerText(answer: object): string {
  return `${objectText(answer)}\n`;
}

function jsonOf(value: unknown): string | undefined {
  if (value instanceof Written) return value.text;
  if (!isHolder(value) || !holders.has(value)) return JSON.stringify(value);
  return Array.isArray(value) ? `[${value.map((item) => jsonOf(item) ?? 'null').join()}]` : objectText(value);
}

function objectText(value: object): string {
  const entries = Object.entries(value).flatMap(([key, part]) => {
    const text = jsonOf(part);
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
  return `{${entries.join()}}`;
}
