import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { buildSchema, isInputObjectType } from 'graphql';
import { exposeSchema } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import { ROOT } from '../rules/source-files.ts';
import { emptyOf, writeSamples } from './write-samples.ts';

/** One change in two documents that mean the same: with variables, of which some are left out, and without any. */
export interface SaidTwice {
  readonly withVariables: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly withoutVariables: string;
}

const TYPES = ['Shot', 'Version', 'Task', 'Note', 'Asset', 'Playlist'];

type Way = 'given' | 'left out' | 'null' | 'inside' | 'default';

/** Random updates of rows of the demo's site, by the schema's own input types. */
export function leftOutWrites(dataset: Dataset): fc.Arbitrary<SaidTwice> {
  const exposed = exposeSchema(parseSiteSchema(dataset.entityTypes, dataset.fields), {
    source: 'expose.yml',
    types: new Map(),
  });
  const samples = writeSamples(exposed, dataset);
  const schema = buildSchema(readFileSync(join(ROOT, 'schema', 'schema.graphql'), 'utf8'));
  return fc.constantFrom(...TYPES).chain((name) => {
    const type = exposed.types.get(name);
    const input = schema.getType(`${name}UpdateInput`);
    if (type === undefined || !isInputObjectType(input)) throw new Error(`nothing writes ${name}`);
    const fields = samples.of(type, 'update').flatMap((sample) => {
      const field = input.getFields()[sample.name];
      const isEmptied = emptyOf(type, sample)?.value === null;
      return field === undefined ? [] : [{ ...sample, type: String(field.type), isEmptied }];
    });
    const id = dataset.rows[name]?.[0]?.id ?? 0;
    const ways = fc.constantFrom<Way>('given', 'left out', 'left out', 'null', 'inside', 'default');
    return fc
      .subarray(fields, { minLength: 2, maxLength: 6 })
      .chain((chosen) => fc.tuple(...chosen.map((field) => ways.map((way) => said(field, way)))))
      .map((parts) => saidTwice(name, id, parts));
  });
}

interface Field {
  readonly name: string;
  readonly value: unknown;
  readonly type: string;
  readonly isEmptied: boolean;
}

interface Said {
  readonly definitions: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  /** Inside the input, with variables and without. */
  readonly parts: readonly [string, string];
}

function said({ name, value, type, isEmptied }: Field, way: Way): Said {
  const literal = literalOf(value);
  const whole = {
    definitions: [`$${name}: ${type}`],
    variables: {},
    parts: [`${name}: $${name}`, ''] as const,
  };
  switch (way) {
    case 'left out':
      return whole;
    case 'default':
      return {
        ...whole,
        definitions: [`$${name}: ${type} = ${literal}`],
        parts: [`${name}: $${name}`, `${name}: ${literal}`],
      };
    case 'null':
      if (!isEmptied) return whole;
      return { ...whole, variables: { [name]: null }, parts: [`${name}: $${name}`, `${name}: null`] };
    case 'inside':
      return inside(name, value) ?? whole;
    default:
      return {
        ...whole,
        variables: { [name]: value },
        parts: [`${name}: $${name}`, `${name}: ${literal}`],
      };
  }
}

/** Variables inside an input object, in a list of it, or inside JSON, beside one that is left out. */
function inside(name: string, value: unknown): Said | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('type' in value && 'id' in value) {
    return {
      definitions: [`$${name}Type: String!`, `$${name}Id: Int!`],
      variables: { [`${name}Type`]: value.type, [`${name}Id`]: value.id },
      parts: [`${name}: { type: $${name}Type, id: $${name}Id }`, `${name}: ${literalOf(value)}`],
    };
  }
  if ('set' in value && Array.isArray(value.set)) {
    return {
      definitions: [`$${name}Item: EntityRefInput!`, `$${name}Add: [EntityRefInput!]`],
      variables: { [`${name}Item`]: value.set[0] as unknown },
      parts: [`${name}: { set: [$${name}Item], add: $${name}Add }`, `${name}: ${literalOf(value)}`],
    };
  }
  if ('url' in value) {
    return {
      definitions: [`$${name}Url: String`, `$${name}Name: String`, `$${name}Path: String`],
      variables: { [`${name}Url`]: value.url, [`${name}Name`]: null },
      parts: [
        `${name}: { url: $${name}Url, name: $${name}Name, localPath: $${name}Path }`,
        `${name}: { url: ${literalOf(value.url)}, name: null }`,
      ],
    };
  }
  return {
    definitions: [`$${name}Given: String`, `$${name}Out: Int`, `$${name}Null: String`],
    variables: { [`${name}Given`]: 'words', [`${name}Null`]: null },
    parts: [
      `${name}: { a: $${name}Given, b: $${name}Out, c: [$${name}Given, { d: $${name}Out }], e: $${name}Null }`,
      `${name}: { a: "words", c: ["words", {}], e: null }`,
    ],
  };
}

function saidTwice(name: string, id: number, parts: readonly Said[]): SaidTwice {
  const change = (texts: readonly string[]): string =>
    `update${name}(id: ${id}, input: { ${texts.filter((text) => text !== '').join(', ')} }) { ...After }`;
  const after = `fragment After on ${name} { id updatedBy { id } }`;
  const definitions = parts.flatMap((part) => part.definitions).join(', ');
  return {
    withVariables: `mutation Change(${definitions}) { ${change(parts.map((part) => part.parts[0]))} } ${after}`,
    variables: Object.assign({}, ...parts.map((part) => part.variables)) as Record<string, unknown>,
    withoutVariables: `mutation Change { ${change(parts.map((part) => part.parts[1]))} } ${after}`,
  };
}

/** A value of JSON as a document has it. */
function literalOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => literalOf(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, part]) => `${key}: ${literalOf(part)}`);
  return `{ ${fields.join(', ')} }`;
}
