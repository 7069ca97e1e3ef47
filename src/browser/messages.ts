/**
 * Messages between a sign-in window and the frame that opened it. Both check the origin first (docs/threats.md
 * 4.2).
 */

/** The sign-in is done: the frame gets its session for this code. */
export interface Handover {
  readonly handover: string;
  readonly code: string;
}

const HANDOVER = 'shotgraph-handover';
const TAKEN = 'shotgraph-handover-taken';

/** The window's message to the frame. */
export const handoverMessage = ({ handover, code }: Handover) => ({ type: HANDOVER, handover, code });

/** The frame's answer, after which the window closes. */
export const TAKEN_MESSAGE = { type: TAKEN };

/** Undefined for a message of another kind: extensions and embedded frames send messages too. */
export function parseHandover(data: unknown): Handover | undefined {
  if (!isObject(data) || data['type'] !== HANDOVER) return undefined;
  const { handover, code } = data;
  return typeof handover === 'string' && typeof code === 'string' ? { handover, code } : undefined;
}

export const isTaken = (data: unknown): boolean => isObject(data) && data['type'] === TAKEN;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
