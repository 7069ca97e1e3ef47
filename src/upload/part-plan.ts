import { AppError } from '../base/errors.ts';
import { KIB, MIB } from '../base/units.ts';
import type { Config } from '../config/config.ts';

/** How a file is split. */
export interface PartPlan {
  readonly sizeBytes: number;
  /** Size of each part except the last. */
  readonly partBytes: number;
  readonly partCount: number;
}

/** The storage accepts ten thousand; we keep each link (10,000 links would be megabytes). */
const MAX_PARTS = 1000;
/** The largest single piece that the storage accepts. */
const MAX_SINGLE_BYTES = 5 * KIB * MIB;

/**
 * Splits a file into parts.
 *
 * @param canBeParts false if the site accepts a file in one piece only
 * @throws AppError BAD_USER_INPUT, TOO_LARGE
 */
export function planParts(
  sizeBytes: number,
  canBeParts: boolean,
  settings: Pick<Config['upload'], 'maxBytes' | 'partBytes'>,
): PartPlan {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'The file is empty. Give the number of its bytes, 1 or more.',
      details: { path: 'sizeBytes', value: sizeBytes },
    });
  }
  const most = canBeParts ? settings.maxBytes : Math.min(settings.maxBytes, MAX_SINGLE_BYTES);
  if (sizeBytes > most) {
    throw new AppError('TOO_LARGE', {
      message: `The file is too large: at most ${most} bytes can be uploaded here.`,
      details: { path: 'sizeBytes', value: sizeBytes, maxBytes: most },
    });
  }
  if (!canBeParts || sizeBytes <= settings.partBytes)
    return { sizeBytes, partBytes: sizeBytes, partCount: 1 };
  const partBytes = Math.max(settings.partBytes, Math.ceil(sizeBytes / MAX_PARTS / MIB) * MIB);
  return { sizeBytes, partBytes, partCount: Math.ceil(sizeBytes / partBytes) };
}

/** The range of a part in the file; parts count from 1. */
export function partRange(
  { sizeBytes, partBytes }: PartPlan,
  number: number,
): { readonly offset: number; readonly sizeBytes: number } {
  const offset = (number - 1) * partBytes;
  return { offset, sizeBytes: Math.min(partBytes, sizeBytes - offset) };
}
