import { z } from 'zod';
import type { HttpCall } from '../wire/http-call.ts';
import { readAnswer } from './read-answer.ts';
import type { TextSearchHit, TextSearchRequest } from '../port/requests.ts';
import type { Reading } from '../client/operation.ts';

const ANSWER = z.object({
  data: z.array(
    z.object({
      id: z.number(),
      type: z.string(),
      attributes: z.object({
        name: z.string().nullable(),
        links: z.array(z.string().nullable()).nullable().optional(),
        status: z.string().nullable().optional(),
      }),
    }),
  ),
});

/** Rows whose own name or linked row's name contains every word (API 4.2). */
export const searchText = (request: TextSearchRequest): Reading<readonly TextSearchHit[]> => ({
  kind: 'textSearch',
  type: null,
  async run(caller, options) {
    const { data } = await readAnswer(caller, toTextSearchCall(request), ANSWER, options);
    return data.map(({ type, id, attributes }) => ({
      type,
      id,
      name: attributes.name ?? '',
      linked: linkedOf(attributes.links ?? []),
      status: attributes.status ?? null,
    }));
  },
  sample: (site) =>
    [...request.types.keys()].map((type) => ({
      ...{ type, id: site.link(type, 'hits').id },
      ...{ name: 'sample', linked: null, status: null },
    })),
});

function toTextSearchCall({ text, types, pageSize, pageNumber }: TextSearchRequest): HttpCall {
  const body = {
    text,
    entity_types: Object.fromEntries(types),
    page: { size: pageSize, number: pageNumber },
  };
  return {
    method: 'POST',
    path: '/entity/_text_search',
    operation: 'textSearch',
    body: { mediaType: 'search', text: JSON.stringify(body) },
    isRepeatable: true,
    isShareable: true,
  };
}

function linkedOf([type, name]: readonly (string | null)[]): TextSearchHit['linked'] {
  return type && name ? { type, name } : null;
}
