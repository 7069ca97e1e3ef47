import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ERROR_TABLE } from '../../../src/base/errors.ts';
import { adviceOf as adviceAt } from '../../../src/explorer/advice.ts';
import { tasksOf, variablesFor } from '../../../src/explorer/tasks/tasks.ts';
import { ROOT } from '../../rules/source-files.ts';
import * as docs from '../../support/doc-queries.ts';

const ORIGIN = 'https://shotgraph.example';
const adviceOf = (body: unknown) => adviceAt(body, ORIGIN);
const answer = (...extensions: readonly unknown[]) => ({
  errors: extensions.map((each) => ({ extensions: each })),
});

describe('the advice beside an answer', () => {
  it('is the sentence of the error table, for every code of it', () => {
    const codes = Object.keys(ERROR_TABLE).map((code) => ({ code }));
    expect(adviceOf(answer(...codes)).map(({ code, text }) => [code, text])).toEqual(
      Object.entries(ERROR_TABLE).map(([code, { message }]) => [code, message]),
    );
  });

  it('comes once for each code, with the request for an administrator', () => {
    const advice = adviceOf(
      answer({ code: 'FORBIDDEN', requestId: 'a' }, { code: 'INTERNAL' }, { code: 'FORBIDDEN' }),
    );
    expect(advice.map(({ code, requestId }) => [code, requestId])).toEqual([
      ['FORBIDDEN', 'a'],
      ['INTERNAL', undefined],
    ]);
  });

  it('leads to the own account, and to the sign-in that another system asks for, at this server alone', () => {
    const link = (extensions: unknown) => adviceOf(answer(extensions))[0]?.link?.href;
    expect(link({ code: 'OWN_ACCOUNT_NEEDED' })).toBe('/auth/link?returnTo=%2Fgraphql');
    const stepUp = (loginUrl: unknown) => link({ code: 'STEP_UP', details: { loginUrl } });
    const login = `${ORIGIN}/auth/login`;
    expect(stepUp(`${login}?claims=x`)).toBe(`${login}?claims=x&returnTo=%2Fgraphql`);
    expect(stepUp(login)).toBe(`${login}?returnTo=%2Fgraphql`);
    for (const elsewhere of [
      `${ORIGIN}.evil.example/auth/login?`,
      `${login}evil`,
      'https://elsewhere.example/auth/login?',
      '//elsewhere.example/auth/login?',
      'javascript:0',
      7,
    ])
      expect(stepUp(elsewhere)).toBeUndefined();
  });

  it('is missing, or says so, for an error of another system', () => {
    expect(adviceOf(answer({ code: 'constructor' }))[0]?.text).toMatch(/not one of this server/u);
    fc.assert(fc.property(fc.jsonValue(), (value) => void adviceOf(value)));
    for (const nothing of [undefined, null, {}, { errors: null }, { errors: [null, 1, {}] }, { data: {} }])
      expect(adviceOf(nothing)).toEqual([]);
  });
});

describe('the tasks of the explorer', () => {
  const page = readFileSync(join(ROOT, 'docs', 'graphql.md'), 'utf8');
  const tasks = tasksOf(page);

  it('are the ten of docs/graphql.md, each document with its variables', () => {
    expect(tasks.map(({ name, query, variables }) => ({ name, query, variables }))).toEqual(
      docs.tasksOf(page).map(({ title, query, variables }) => ({ name: title, query, variables })),
    );
    const numbers = new Set(tasks.map(({ heading }) => Number.parseInt(heading, 10)));
    expect([...numbers]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(new Set(tasks.map(({ name }) => name)).size).toBe(tasks.length);
  });

  it('read the rows of the person who opens them', () => {
    const own = tasks.find(({ name }) => name === 'MyTasks');
    expect(variablesFor(own!, { type: 'HumanUser', id: 7 })).toEqual({ me: { type: 'HumanUser', id: 7 } });
    expect(variablesFor(own!, undefined)).toEqual({ me: { type: 'HumanUser', id: 31 } });
    const other = tasks.find(({ name }) => name === 'Approve');
    expect(variablesFor(other!, { type: 'HumanUser', id: 7 })).toBe(other!.variables);
  });
});
