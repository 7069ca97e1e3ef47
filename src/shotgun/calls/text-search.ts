import { z } from 'zod';
import type { HttpCall } from '../wire/http-call.ts';
import type { PersonCaller } from '../wire/person-caller.ts';
import { readAnswer } from './read-answer.ts';
import type { CallOptions } from '../port/records.ts';
import type { TextSearchHit, TextSearchRequest } from '../port/shotgun.ts';

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

/** Rows whose name, or whose linked row's name, has every word (API 4.2). */
export async function searchText(
  caller: PersonCaller,
  { text, types, pageSize, pageNumber }: TextSearchRequest,
  options?: CallOptions,
): Promise<readonly TextSearchHit[]> {
  const body = {
    text,
    entity_types: Object.fromEntries(types),
    page: { size: pageSize, number: pageNumber },
  };
  const call: HttpCall = {
    method: 'POST',
    path: '/entity/_text_search',
    operation: 'textSearch',
    body: { mediaType: 'search', text: JSON.stringify(body) },
    isRepeatable: true,
  };
  const { data } = await readAnswer(caller, call, ANSWER, options);
  return data.map(({ type, id, attributes }) => ({
    type,
    id,
    name: attributes.name ?? '',
    linked: linkedOf(attributes.links ?? []),
    status: attributes.status ?? null,
  }));
}

function linkedOf([type, name]: readonly (string | null)[]): TextSearchHit['linked'] {
  return type && name ? { type, name } : null;
}
