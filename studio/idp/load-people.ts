import { createHash } from 'node:crypto';
import { readJson } from '../read-json.ts';
import type { IdpPerson } from './people.ts';

const EXPECTED = 'expected [{"login": "mira", "name": "Mira Okafor", "email": "mira@studio.example"}, ...]';

/**
 * People who can sign in, from a file. Name and email may be left out.
 *
 * @throws Error that names the file and what is wrong with it
 */
export async function loadPeople(path: string): Promise<readonly IdpPerson[]> {
  const rows = await readJson(path);
  if (!Array.isArray(rows) || rows.length === 0) throw new Error(`${path}: ${EXPECTED}.`);
  const people = rows.map((row: unknown, index) => personOf(row, `${path}, entry ${index + 1}`));
  const twice = people.find(
    ({ login }, index) => people.findIndex((other) => isSame(other.login, login)) < index,
  );
  if (twice !== undefined) throw new Error(`${path}: the login "${twice.login}" is there twice.`);
  return people;
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function personOf(row: unknown, place: string): IdpPerson {
  const { login, name, email } = (typeof row === 'object' && row !== null ? row : {}) as Record<
    string,
    unknown
  >;
  if (typeof login !== 'string' || login.trim() === '')
    throw new Error(`${place} has no login: ${EXPECTED}.`);
  const wrong = Object.entries({ name, email }).find(([, value]) => !isTextOrAbsent(value));
  if (wrong !== undefined) throw new Error(`${place}: ${wrong[0]} is no text.`);
  return {
    login,
    name: typeof name === 'string' ? name : login,
    email: typeof email === 'string' ? email : `${login}@studio.example`,
    // The same at each start, and no login.
    subject: createHash('sha256').update(login.toLowerCase()).digest('hex').slice(0, 32),
  };
}

const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'string';
