import { AppError } from '../base/errors.ts';

/** The limit of most file systems. */
const MAX_BYTES = 255;

/** Control characters, lone surrogates, and characters that disguise a name: `gpj.exe` displayed as `exe.jpg`. */
const HIDDEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/**
 * Accepts a name, not a path: other people download and open the file by it (F28).
 *
 * @throws AppError BAD_USER_INPUT
 */
export function assertFileName(name: string): void {
  const isPlain =
    name.trim() !== '' &&
    Buffer.byteLength(name) <= MAX_BYTES &&
    !/[/\\]/u.test(name) &&
    !/^\.+$/u.test(name) &&
    !HIDDEN.test(name);
  if (isPlain) return;
  throw new AppError('BAD_USER_INPUT', {
    message: `Give the name of a file without its folders and without control characters, up to ${MAX_BYTES} bytes.`,
    details: { path: 'fileName' },
  });
}
