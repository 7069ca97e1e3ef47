/** What a system says about a refusal, in the form in which it may be shown. */
export interface Said {
  /** A sentence of the system. */
  readonly says?: string;
  /** The field of the input that it is about, in the notation of our own errors: `entries.0.hours`. */
  readonly path?: string;
  /** The system's own word for it. */
  readonly systemCode?: string;
}

const MAX_LENGTH = 500;
/** A longer text is not looked at beyond this. */
const MAX_LOOKED_AT = 4 * MAX_LENGTH;
const MAX_PARTS = 10;

/** Spaces, line breaks, control characters and halves of characters. */
const GAP = /[\s\p{Cc}\p{Cs}]+/gu;
/**
 * Characters that nobody sees: they turn the direction of the text around them, or hide another text in it. Those that
 * join letters, and that tell a sign from its picture, are a part of writing.
 */
const UNSEEN = /(?!\u200C|\u200D|\uFE0E|\uFE0F)[\p{Bidi_Control}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** A tag, a comment or a character reference: a front end that takes errors for HTML would run it. */
const MARKUP = /<[a-z!/?]|&(?:#|[a-z]{2,8};)/iu;
const WORD = /^[\w.:/-]{1,64}$/u;
const PART = /^[\w-]{1,64}$/u;

/** Takes what may be shown of a refusal, and leaves out the rest. */
export function saidOf(given: {
  readonly message?: unknown;
  readonly path?: unknown;
  readonly code?: unknown;
}): Said {
  const says = sentenceOf(given.message);
  const path = placeOf(given.path);
  const systemCode = wordOf(given.code);
  return {
    ...(says !== undefined && { says }),
    ...(path !== undefined && { path }),
    ...(systemCode !== undefined && { systemCode }),
  };
}

/** One line of plain text; undefined for anything else. */
function sentenceOf(given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined;
  const text = given.slice(0, MAX_LOOKED_AT).replace(UNSEEN, '').replace(GAP, ' ').trim();
  if (text === '' || MARKUP.test(text)) return undefined;
  const characters = Array.from(text);
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : text;
}

function placeOf(given: unknown): string | undefined {
  const parts: readonly unknown[] = typeof given === 'string' ? given.split(/[./]/u) : listOf(given);
  const names = parts.map(String).filter((part) => part !== '');
  const isPlace = names.length > 0 && names.length <= MAX_PARTS && names.every((name) => PART.test(name));
  return isPlace ? names.join('.') : undefined;
}

const listOf = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : []);

function wordOf(given: unknown): string | undefined {
  const word = typeof given === 'number' ? String(given) : given;
  return typeof word === 'string' && WORD.test(word) ? word : undefined;
}
