import { AppError } from '../base/errors.ts';
import type { AmiField } from './ami-body.ts';

const FIRST_PRINTABLE = 0x20;
const DELETE = 0x7f;
const EQUALS = 0x3d;

/** Of values: also those beyond ASCII, some of which end a line. */
const CONTROL = /\p{Cc}/u;

const isControl = (byte: number): boolean => byte < FIRST_PRINTABLE || byte === DELETE;

/**
 * Refuses names that could be mistaken for the frame of the signed text (A20) and repeated names (A16), before the
 * signature is looked at: this tells nothing that depends on the secret.
 */
export function assertAmiNames(fields: readonly AmiField[]): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (name.some((byte) => isControl(byte) || byte === EQUALS)) throw new AppError('AMI_CONTROL_CHAR');
    const key = name.toString('latin1');
    if (seen.has(key)) throw new AppError('AMI_DUPLICATE');
    seen.add(key);
  }
}

/**
 * The fields as text. The signature binds no field boundaries: a value that holds CR LF could have swallowed another
 * field and would still be signed right, so control characters are refused although the signature holds (V8, V10, A19).
 *
 * @throws AppError AMI_CONTROL_CHAR, AMI_ENCODING (A23)
 */
export function amiTexts(fields: readonly AmiField[]): ReadonlyMap<string, string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const texts = new Map<string, string>();
  for (const { name, value } of fields) {
    let text: string;
    try {
      text = decoder.decode(value);
      texts.set(decoder.decode(name), text);
    } catch (cause) {
      throw new AppError('AMI_ENCODING', { cause });
    }
    if (CONTROL.test(text)) throw new AppError('AMI_CONTROL_CHAR');
  }
  return texts;
}
