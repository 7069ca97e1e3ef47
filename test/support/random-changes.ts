import { type GraphQLSchema, isInputObjectType, isRequiredInputField } from 'graphql';
import type { ExposedSchema, ExposedType } from '../../src/site/expose.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import type { Draw } from './said-values.ts';
import { emptyOf, writeSamples, type WriteSample, type WriteSamples } from './write-samples.ts';

/** One field of Mutation with its arguments, and what is asked of its result. */
export interface Change {
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Type of the row that comes back, as fragments name it; undefined where no row does. */
  readonly on: string | undefined;
  readonly selection: string;
}

export interface Changes {
  /** Some changes that follow each other. */
  some(draw: Draw): readonly Change[];
  /** The same change of each row of a type, with the same values. */
  ofEachRow(draw: Draw): readonly Change[];
  /** A batch of that many operations. */
  batch(draw: Draw, size: number): Change;
  /** Asks for more than one request may ask for, so that it is never made. The refusal tells what was spent before it. */
  readonly beyondTheBudget: Change;
}

/** Types whose rows are made, changed, retired and brought back. */
const IN_BATCHES = ['Shot', 'Version', 'Task', 'Note', 'Asset', 'Playlist', 'Sequence'] as const;
/** No two projects have the same name: a batch with two of them is refused. */
const TYPES = [...IN_BATCHES, 'Project'] as const;
const WITHOUT_A_ROW = 'type id';

interface Parts {
  readonly schema: GraphQLSchema;
  readonly exposed: ExposedSchema;
  readonly dataset: Dataset;
  readonly samples: WriteSamples;
}

/** Random changes of rows of a site by the schema's own input types, as an administrator may make them. */
export function changesOf(schema: GraphQLSchema, exposed: ExposedSchema, dataset: Dataset): Changes {
  const parts = { schema, exposed, dataset, samples: writeSamples(exposed, dataset) };
  return {
    some: (draw) => draw(create, update, update, retire, pictured, followed, batched)(parts, draw),
    ofEachRow(draw) {
      const type = draw(...TYPES);
      const [first] = update(parts, draw, type);
      return rowsOf(parts, type)
        .slice(0, 6)
        .map((id) => ({ ...(first ?? beyond(parts)), args: { ...first?.args, id } }));
    },
    batch: (draw, size) => batchOf(parts, draw, size),
    beyondTheBudget: beyond(parts),
  };
}

function create(parts: Parts, draw: Draw, name: string = draw(...TYPES)): readonly Change[] {
  const { input, asks } = inputOf(parts, draw, name, 'create');
  return [{ field: `create${name}`, args: { input }, on: name, selection: asks }];
}

function update(parts: Parts, draw: Draw, name: string = draw(...TYPES)): readonly Change[] {
  const { input, asks } = inputOf(parts, draw, name, 'update');
  const id = drawId(parts, draw, name);
  return [{ field: `update${name}`, args: { id, input }, on: name, selection: asks }];
}

function retire(parts: Parts, draw: Draw): readonly Change[] {
  const name = draw('Version', 'Note', 'Task', 'Playlist', 'Asset');
  const args = { id: drawId(parts, draw, name) };
  const retired: Change = { field: `delete${name}`, args, on: undefined, selection: WITHOUT_A_ROW };
  const revived: Change = { field: `revive${name}`, args, on: name, selection: 'name' };
  return draw(true, false) ? [retired] : [retired, revived];
}

function pictured(parts: Parts, draw: Draw): readonly Change[] {
  const entity = { type: 'Version', id: drawId(parts, draw, 'Version') };
  return [{ field: 'removeImage', args: { entity }, on: undefined, selection: WITHOUT_A_ROW }];
}

function followed(parts: Parts, draw: Draw): readonly Change[] {
  const entity = { type: 'Shot', id: drawId(parts, draw, 'Shot') };
  return [{ field: 'follow', args: { entity }, on: undefined, selection: WITHOUT_A_ROW }];
}

const batched = (parts: Parts, draw: Draw): readonly Change[] => [batchOf(parts, draw, draw(1, 2, 3))];

function batchOf(parts: Parts, draw: Draw, size: number): Change {
  const retired = new Set<string>();
  const operations = Array.from({ length: size }, () => {
    const name = draw(...IN_BATCHES);
    const kind = draw('create', 'update', 'update', 'delete');
    const id = drawId(parts, draw, name);
    if (kind === 'create') return { [`create${name}`]: inputOf(parts, draw, name, 'create').input };
    // Nothing is changed once it is retired, and nothing that others link to is retired.
    if (kind === 'delete' && (name === 'Note' || name === 'Playlist') && !retired.has(`${name}${id}`)) {
      retired.add(`${name}${id}`);
      return { [`delete${name}`]: id };
    }
    const other = retired.has(`${name}${id}`) ? 'Shot' : name;
    const { input } = inputOf(parts, draw, other, 'update');
    return { [`update${other}`]: { id: drawId(parts, draw, other), input } };
  });
  return {
    field: 'batch',
    args: { operations },
    on: undefined,
    selection: 'kind type id entity { id name }',
  };
}

interface Given {
  readonly input: Readonly<Record<string, unknown>>;
  readonly asks: string;
}

/** What needs the most rights or changes other rows in ways of its own is tried elsewhere. */
const NOT_HERE: ReadonlySet<string> = new Set([
  'archived',
  'playlist',
  'project',
  'taskTemplate',
  'templateTask',
]);

/** Values for some of the fields that an input has; some are cleared. */
function inputOf(parts: Parts, draw: Draw, name: string, mode: 'create' | 'update'): Given {
  const type = typeOf(parts, name);
  const input = parts.schema.getType(`${name}${mode === 'create' ? 'Create' : 'Update'}Input`);
  if (!isInputObjectType(input)) throw new Error(`nothing writes ${name}`);
  const fields = input.getFields();
  const samples = parts.samples.of(type, mode).filter((sample) => sample.name in fields);
  const isNeeded = ({ name: field, dataType }: WriteSample): boolean => {
    const declared = fields[field];
    const isName = ['code', 'content', 'nameField'].includes(field);
    return (
      mode === 'create' &&
      declared !== undefined &&
      (isRequiredInputField(declared) || (isName && dataType === 'text'))
    );
  };
  const [one, ...others] = samples.filter((sample) => !NOT_HERE.has(sample.name) && !isNeeded(sample));
  if (one === undefined) throw new Error(`${name} has nothing to write`);
  const drawn = Array.from({ length: draw(1, 2, 3, 4) }, () => {
    const sample = draw(one, ...others);
    const isCleared = mode === 'update' && draw(true, false);
    return isCleared ? (emptyOf(type, sample) ?? sample) : sample;
  });
  const json = samples.filter(({ dataType }) => ['jsonb', 'serializable'].includes(dataType));
  const chosen = [...samples.filter(isNeeded), ...drawn, ...(draw(true, false) ? json : [])];
  return {
    input: Object.fromEntries(chosen.map((sample) => [sample.name, sample.value])),
    asks: [...new Set(chosen.map(({ ask }) => ask))].join(' '),
  };
}

/** Lists within each list of links: more searches than a small budget lets one request make. */
function beyond(parts: Parts): Change {
  const listsOf = (name: string, inner: (target: string) => string): string =>
    [...typeOf(parts, name).fields.values()]
      .filter(({ dataType, target }) => dataType === 'multi_entity' && target !== null)
      .map(({ graphqlName, target }) => `${graphqlName} { ${inner(target ?? '')} }`)
      .join(' ');
  const selection = listsOf('Shot', (target) => `id ${listsOf(target, () => 'id createdAt')}`);
  const id = rowsOf(parts, 'Shot')[0];
  return { field: 'updateShot', args: { id, input: { description: 'never said' } }, on: 'Shot', selection };
}

function typeOf({ exposed }: Parts, name: string): ExposedType {
  const type = exposed.types.get(name);
  if (type === undefined) throw new Error(`there is no ${name}`);
  return type;
}

const rowsOf = ({ dataset }: Parts, name: string): readonly number[] =>
  (dataset.rows[name] ?? []).map(({ id }) => id);

function drawId(parts: Parts, draw: Draw, name: string): number {
  const [one = 0, ...others] = rowsOf(parts, name);
  return draw(one, ...others);
}
