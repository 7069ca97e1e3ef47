import type { ExposedSchema } from '../../site/expose.ts';
import { createDecoder, type Decoder } from '../decode/decoder.ts';
import { type PlanOptions, planRead, type ReadPlan } from '../plan/planning.ts';
import type { EntitySelection } from '../ports/selection.ts';

interface Prepared {
  readonly plan: ReadPlan;
  readonly decoder: Decoder;
}

/**
 * The plans of one site and the decoders of their rows, made once for each selection. Contains no personal data.
 * Garbage-collected together with the selection, and so with its parsed document.
 */
export class Plans {
  readonly schema: ExposedSchema;
  readonly options: PlanOptions;
  readonly #prepared = new WeakMap<EntitySelection, Map<string, Prepared>>();

  constructor(schema: ExposedSchema, options: PlanOptions) {
    this.schema = schema;
    this.options = options;
  }

  /** @throws AppError NOT_FOUND for a type that the API does not expose */
  plan(type: string, selection: EntitySelection): ReadPlan {
    return this.#prepare(type, selection).plan;
  }

  decoder(type: string, selection: EntitySelection): Decoder {
    return this.#prepare(type, selection).decoder;
  }

  #prepare(type: string, selection: EntitySelection): Prepared {
    // The empty selection is one object for all types.
    const byType = this.#prepared.get(selection) ?? new Map<string, Prepared>();
    this.#prepared.set(selection, byType);
    const known = byType.get(type);
    if (known !== undefined) return known;
    const plan = planRead(this.schema, type, selection, this.options);
    const prepared = { plan, decoder: createDecoder(this.schema, plan) };
    byType.set(type, prepared);
    return prepared;
  }
}
