import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler, Response } from 'express';
import { pathOf } from './request-log.ts';
import { holdAnswer } from './held-answer.ts';
import type { HeldAnswer } from './held-answer.ts';
import { faultMeets } from './fault-rule.ts';
import type { FaultRule } from './fault-rule.ts';

export interface Faults {
  /** Stands before the handlers of the API, behind the control routes. */
  readonly middleware: RequestHandler;
  add(rule: FaultRule): void;
  clear(): void;
}

/** Faults on demand (API 12.1, point 16). The oldest rule that meets a call and has times left is applied. */
export function createFaults(): Faults {
  let rules: { rule: FaultRule; left: number }[] = [];

  const take = (method: string, path: string): FaultRule | undefined => {
    const entry = rules.find(({ rule, left }) => left > 0 && faultMeets(rule, method, path));
    if (entry) entry.left -= 1;
    return entry?.rule;
  };

  return {
    middleware(req, res, next) {
      const rule = take(req.method, pathOf(req));
      if (!rule) {
        next();
        return;
      }
      const isSpoiledLater = rule.after === true || rule.truncate !== undefined;
      if (isSpoiledLater) {
        holdAnswer(res, (answer) => void applyLater(rule, res, answer));
        next();
        return;
      }
      // A wait must not keep the process alive: after the site closes, no client waits for an answer.
      setTimeout(() => (isAnswerOf(rule) ? spoil(rule, res) : next()), rule.delayMs ?? 0).unref();
    },
    add(rule) {
      rules.push({ rule, left: rule.times ?? Infinity });
    },
    clear() {
      rules = [];
    },
  };
}

function isAnswerOf({ drop, status, body }: FaultRule): boolean {
  return drop === true || status !== undefined || body !== undefined;
}

async function applyLater(rule: FaultRule, res: Response, answer: HeldAnswer): Promise<void> {
  await sleep(rule.delayMs ?? 0, undefined, { ref: false });
  if (rule.truncate !== undefined) answer.send(answer.body.subarray(0, rule.truncate), rule.drop === true);
  else if (isAnswerOf(rule)) {
    answer.discard();
    spoil(rule, res);
  } else answer.send(answer.body, false);
}

/** Answers in the site's place. */
function spoil(rule: FaultRule, res: Response): void {
  if (rule.drop === true) {
    res.socket?.destroy();
    return;
  }
  const status = rule.status ?? 200;
  res.status(status);
  if (rule.retryAfterSeconds !== undefined) res.set('retry-after', String(rule.retryAfterSeconds));
  if (rule.body !== undefined) {
    res.type(rule.contentType ?? 'application/json; charset=utf-8').send(rule.body);
  } else if (status >= 502) {
    // A gateway before the site speaks HTML and knows no error envelope.
    res.type('html').send(`<html><body><h1>${status}</h1></body></html>`);
  } else res.json(envelope(status));
}

function envelope(status: number): object {
  const id = randomBytes(16).toString('hex');
  const common = { id, status, source: null, meta: null };
  const known: Readonly<Record<number, object>> = {
    401: { code: 102, title: 'Unauthorized', detail: 'Token Expired' },
    404: { code: 103, title: 'Not Found', detail: null },
    500: { code: 100, title: 'Shotgun Server Error', detail: `Contact support and name this error: ${id}` },
  };
  const rest = known[status] ?? { code: 103, title: `Injected fault ${status}`, detail: null };
  return { errors: [{ ...common, ...rest }] };
}
