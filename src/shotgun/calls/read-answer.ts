import type { z } from 'zod';
import { callError } from '../wire/connection-errors.ts';
import type { HttpCall } from '../wire/http-call.ts';
import type { PersonCaller } from '../wire/person-caller.ts';
import type { CallOptions } from '../port/records.ts';

/** @throws AppError UPSTREAM_BROKEN where the site answered something of another form */
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
