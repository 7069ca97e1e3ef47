import type { ExposedField, ExposedSchema } from '../../site/expose.ts';
import { linkNode, type MutableNode } from '../decode/field-values.ts';
import type { SampleIds } from '../plan/sample-ids.ts';
import { EMPTY_SELECTION, type EntitySelection, ROW, SEEN } from '../ports/selection.ts';

/** One type of row that a link may lead to, with one choice for its own links. */
interface Target {
  readonly type: string;
  readonly selection: EntitySelection;
  readonly variant: number;
}

export const SAMPLE_NAME = 'sample';

/**
 * Sample rows: without values, and with links to everything selected. A single link leads to one row at a time, so
 * it takes several rows to show the targets of a link with several types.
 */
export class SampleNodes {
  readonly #schema: ExposedSchema;
  readonly #ids: SampleIds;

  constructor(schema: ExposedSchema, ids: SampleIds) {
    this.#schema = schema;
    this.#ids = ids;
  }

  /** The number of rows needed to show the targets of all selected links. */
  variantsOf(type: string, selection: EntitySelection): number {
    const fields = this.#schema.types.get(type)?.fields;
    const ofLinks = [...selection.links.keys()].flatMap((name) => {
      const field = fields?.get(name);
      return field?.valueType.shown === 'link' ? this.#targetsOf(field, selection).length : [];
    });
    return Math.max(1, ...ofLinks);
  }

  /** @param variant which target its single links have */
  node(type: string, id: number, selection: EntitySelection, variant = 0): MutableNode {
    const node = linkNode(this.#schema, { type, id, name: null });
    const fields = this.#schema.types.get(type)?.fields;
    for (const name of selection.fields) {
      const field = fields?.get(name);
      if (field !== undefined) node[field.graphqlName] = this.#valueOf(node, field, selection, variant);
    }
    if (selection.fields.has(ROW)) node[SEEN] = true;
    return node;
  }

  #valueOf(row: MutableNode, field: ExposedField, selection: EntitySelection, variant: number): unknown {
    const targets = this.#targetsOf(field, selection);
    const linked = ({ type, selection: asked, variant: of }: Target): MutableNode => {
      const node = this.node(type, this.#ids.linked(row, field.name, type), asked, of);
      return Object.assign(node, { name: SAMPLE_NAME });
    };
    switch (field.valueType.read) {
      case 'link': {
        const target = targets[variant % targets.length];
        return target === undefined ? null : linked(target);
      }
      case 'links':
        return targets.map(linked);
      case 'unsetIsFalse':
        return false;
      default:
        return null;
    }
  }

  /** The rows that a link may lead to, of the types with a selection. A link without a selection leads to one row. */
  #targetsOf(field: ExposedField, { links }: EntitySelection): readonly Target[] {
    const { validTypes } = field;
    const asked = [...(links.get(field.name) ?? [])].filter(
      ([type]) => this.#schema.types.has(type) && (validTypes.length === 0 || validTypes.includes(type)),
    );
    const targets = asked.flatMap(([type, selection]) =>
      Array.from({ length: this.variantsOf(type, selection) }, (_, variant) => ({
        type,
        selection,
        variant,
      })),
    );
    const [type] = validTypes;
    if (targets.length > 0 || type === undefined) return targets;
    return [{ type, selection: EMPTY_SELECTION, variant: 0 }];
  }
}
