import { z } from 'zod';
import { byName } from '../../site/by-name.ts';
import { AppError } from '../../base/errors.ts';
import { readAnswer } from './read-answer.ts';
import type { FieldInfo } from '../port/requests.ts';
import type { Reading } from '../client/operation.ts';
import { toReadCall } from './threads.ts';

const property = <T extends z.ZodType>(value: T) => z.object({ value }).optional();
const NAMES = property(z.array(z.string()).nullable());

const ANSWER = z.object({
  data: z
    .object({
      editable: property(z.boolean().nullable()),
      properties: z
        .object({
          default_value: property(z.unknown()),
          valid_types: NAMES,
          valid_values: NAMES,
          hidden_values: NAMES,
          display_values: property(byName(z.string()).nullable()),
        })
        .optional(),
    })
    .nullable(),
});

/** A field of a type, in one project or in none. */
export interface FieldPlace {
  readonly type: string;
  readonly field: string;
  /** Hides values that the project does not use. */
  readonly projectId: number | null;
}

/**
 * One field as the person may use it: `editable` depends on the person, `hidden_values` on the project (API 7).
 * Fails with `NOT_FOUND` for a field that the site does not declare.
 */
export const readFieldInfo = ({ type, field, projectId }: FieldPlace): Reading<FieldInfo> => ({
  kind: 'fieldInfo',
  type,
  async run(caller, options) {
    const query = projectId === null ? '' : `?project_id=${projectId}`;
    const path = `/schema/${encodeURIComponent(type)}/fields/${encodeURIComponent(field)}${query}`;
    const { data } = await readAnswer(caller, toReadCall(path, 'fieldInfo'), ANSWER, options);
    if (data === null) throw new AppError('NOT_FOUND', { details: { type, field } });
    const properties = data.properties ?? {};
    return {
      editable: data.editable?.value ?? false,
      validValues: properties.valid_values?.value ?? [],
      displayValues: properties.display_values?.value ?? new Map(),
      hiddenValues: properties.hidden_values?.value ?? [],
      validTypes: properties.valid_types?.value ?? [],
      defaultValue: properties.default_value?.value ?? null,
    };
  },
  sample: ({ types }) => ({
    ...{ editable: true, validValues: [], displayValues: new Map(), hiddenValues: [], defaultValue: null },
    // Assume links to every type: the plan then shows the highest cost.
    validTypes: types,
  }),
});
