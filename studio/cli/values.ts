import { InvalidArgumentError, Option } from 'commander';

const MAX_PORT = 65_535;

/** An option that takes a whole number from `min` on. */
export const countOption = (flags: string, meaning: string, min = 0): Option =>
  new Option(flags, meaning).argParser((text: string) => wholeNumber(text, min, Number.MAX_SAFE_INTEGER));

/** An option that takes a port; 0 takes a free one. */
export const portOption = (flags: string, meaning: string, min = 0): Option =>
  new Option(flags, meaning).argParser((text: string) => wholeNumber(text, min, MAX_PORT));

/** An option that takes an address of the web, without a slash at its end. */
export const urlOption = (flags: string, meaning: string): Option =>
  new Option(flags, meaning).argParser((text: string) => {
    if (!URL.canParse(text) || !/^https?:/u.test(text))
      throw new InvalidArgumentError('It takes an address such as http://localhost:4000.');
    return text.replace(/\/+$/u, '');
  });

/** An option that may be given several times. */
export const listOption = (flags: string, meaning: string): Option =>
  new Option(flags, meaning).argParser((text: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    text,
  ]);

function wholeNumber(text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && value >= min && value <= max) return value;
  const range = max === MAX_PORT ? `from ${min} to ${max}` : `from ${min} on`;
  throw new InvalidArgumentError(`It takes a whole number ${range}.`);
}
