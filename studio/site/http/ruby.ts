import { WholeFloat } from './api-body.ts';

/** A JSON value as the site prints it in messages: Ruby's `inspect`, with spaces around `=>` (API 2.8). */
export function inspect(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof WholeFloat) return value.valueOf().toFixed(1);
  if (Array.isArray(value)) return `[${value.map(inspect).join(', ')}]`;
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)} => ${inspect(item)}`);
    return `{${pairs.join(', ')}}`;
  }
  return String(value);
}

/** Ruby's `to_s`, as it follows "but got Float:" in messages. */
export function print(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value);
}

/** Ruby's class of a JSON value. */
export function className(value: unknown): string {
  if (value === null || value === undefined) return 'NilClass';
  if (value === true) return 'TrueClass';
  if (value === false) return 'FalseClass';
  if (value instanceof WholeFloat) return 'Float';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  if (Array.isArray(value)) return 'Array';
  return typeof value === 'string' ? 'String' : 'Hash';
}

const HASH_CLASSES = [
  'Hash',
  'ActiveSupport::HashWithIndifferentAccess',
  'ActionDispatch::Http::Parameters',
  'ActionDispatch::Http::ParamsHashWithIndifferentAccess',
];

/** Classes as a message lists them; `Hash` stands for the site's four kinds of it. */
export function classList(classes: readonly string[]): string {
  return `[${classes.flatMap((name) => (name === 'Hash' ? HASH_CLASSES : [name])).join(', ')}]`;
}
