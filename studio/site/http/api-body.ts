import { randomUUID } from 'node:crypto';
import express, { type RequestHandler } from 'express';
import { bareJson } from '../bare.ts';
import { SiteError } from '../ports.ts';

/**
 * A number that was written with a point or an exponent and is whole all the same: `25.0`. The site tells it from 25
 * (API 5.3: a float takes the one and refuses the other), which `JSON.parse` does not.
 */
export class WholeFloat {
  readonly #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  valueOf(): number {
    return this.#value;
  }

  toJSON(): number {
    return this.#value;
  }
}

const MAX_BODY = '16mb';
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gu;
/** A client that sends a text cannot know it. */
const MARK = `float ${randomUUID()} `;

const readText = express.text({ type: () => true, limit: MAX_BODY });

/** Reads the JSON body of a request into `request.body`; what is no JSON is a 400. */
export const apiBody: RequestHandler = (request, response, next) => {
  readText(request, response, (error?: unknown) => {
    if (error !== undefined) {
      next(error);
      return;
    }
    const text: unknown = request.body;
    try {
      request.body = typeof text === 'string' && text.trim() !== '' ? bareJson(parseJson(text)) : undefined;
      next();
    } catch (refusal) {
      next(refusal);
    }
  });
};

/** @throws SiteError 400 */
function parseJson(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    const marked = text.replace(TOKEN, (token) =>
      isWholeFloat(token) ? JSON.stringify(MARK + token) : token,
    );
    return marked === text ? parsed : JSON.parse(marked, unmark);
  } catch {
    throw new SiteError(400, 103, 'Invalid JSON body', { source: {} });
  }
}

const isWholeFloat = (token: string): boolean =>
  !token.startsWith('"') && /[.eE]/u.test(token) && Number.isInteger(Number(token));

const unmark = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(MARK)
    ? new WholeFloat(Number(value.slice(MARK.length)))
    : value;
