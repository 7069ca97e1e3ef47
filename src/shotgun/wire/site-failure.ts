import { z } from 'zod';
import type { HttpAnswer } from './http-call.ts';

const ENVELOPE = z.object({
  errors: z
    .array(
      z.object({
        id: z.string().nullish(),
        code: z.number().nullish(),
        title: z.string().nullish(),
        detail: z.string().nullish(),
        source: z.unknown(),
      }),
    )
    .min(1),
});

/** Messages quote sent values, which may be long. Lists of legal values fit within this limit. */
const MAX_READ_LENGTH = 20_000;

/** The site's explanation of a refused call (API 2.8). Never shown unfiltered: see `safeMessage`. */
export interface SiteFailure {
  readonly status: number;
  /** False for a page of another system before the site: a proxy, a portal, a maintenance page. */
  readonly isOfSite: boolean;
  readonly id: string | null;
  readonly code: number | null;
  /** Title and detail: either may hold the message. */
  readonly messages: readonly string[];
  /** Names of the parameters at fault, if the site lists them. */
  readonly sources: readonly string[];
}

/** Parses an error answer. An answer without the site's envelope has `isOfSite` false and no messages. */
export function parseSiteFailure(answer: HttpAnswer): SiteFailure {
  const envelope = ENVELOPE.safeParse(answer.body);
  const error = envelope.success ? envelope.data.errors[0] : undefined;
  const { source } = error ?? {};
  return {
    status: answer.status,
    isOfSite: envelope.success,
    id: /^[\w-]{1,64}$/u.exec(error?.id ?? '')?.[0] ?? null,
    code: error?.code ?? null,
    messages: [error?.title, error?.detail]
      .filter((text) => typeof text === 'string')
      .map((text) => text.slice(0, MAX_READ_LENGTH)),
    sources: typeof source === 'object' && source !== null ? Object.keys(source) : [],
  };
}

const MAX_MESSAGE_LENGTH = 300;

/**
 * The site's sentence without the text that follows it: permission rules with their condition trees (API 1.5),
 * echoed bodies, database errors, markup. Null if nothing is left.
 */
export function safeMessage(failure: SiteFailure): string | null {
  const text = failure.messages.find((message) => message !== 'Not Found') ?? '';
  const [sentence = ''] = text.split(/(?:\bRules?:|\bRULE\b|PermissionRule|PG::|[{<\n\r])/u);
  // eslint-disable-next-line no-control-regex
  return (
    sentence
      .replace(/[\u0000-\u001f\u007f]/gu, ' ')
      .slice(0, MAX_MESSAGE_LENGTH)
      .trim() || null
  );
}
