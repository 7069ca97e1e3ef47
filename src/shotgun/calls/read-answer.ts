import type { z } from 'zod';
import { callError } from '../wire/connection-errors.ts';
import type { HttpCall } from '../wire/http-call.ts';
import type { PersonCaller } from '../wire/person-caller.ts';
import type { CallOptions } from '../port/records.ts';

/** Sends a call and parses its answer. @throws AppError UPSTREAM_BROKEN if the answer has another form */
export async function readAnswer<T>(
  caller: PersonCaller,
  call: HttpCall,
  form: z.ZodType<T>,
  options?: CallOptions,
): Promise<T> {
  const { body } = await caller.send(call, options);
  const parsed = form.safeParse(body);
  if (!parsed.success) throw callError('UPSTREAM_BROKEN', call);
  return parsed.data;
}
