import { describe, expect, it } from 'vitest';
import type { Login } from '../../../src/base/ids.ts';
import * as createShotgunModule from '../../../src/shotgun/create-shotgun.ts';
import { PersonCaller, type TokenSource } from '../../../src/shotgun/wire/person-caller.ts';
import type { ScriptCall } from '../../../src/shotgun/script/script-door.ts';
import { searchRows } from '../../../src/shotgun/calls/search.ts';
import type { Shotgun } from '../../../src/shotgun/client/shotgun.ts';
import type { SearchRequest } from '../../../src/shotgun/port/requests.ts';
import type { PersonToken, ScriptToken } from '../../../src/shotgun/wire/tokens.ts';
import type { Transport } from '../../../src/shotgun/wire/transport.ts';
import type { Reading } from '../../../src/shotgun/client/operation.ts';
import { deleteRecord } from '../../../src/shotgun/calls/write.ts';

/**
 * Held by `npm run check:types`: an `@ts-expect-error` below that finds nothing to complain about is an
 * error itself. The functions are never called.
 */
export const doNotCompile = {
  withoutLogin: (shotgun: Shotgun) => {
    // @ts-expect-error a client needs a login
    shotgun.as();
  },
  withAnyText: (shotgun: Shotgun) => {
    // @ts-expect-error a login is parsed, not any text
    shotgun.as('mira');
  },
  callingAsNobody: (shotgun: Shotgun, request: SearchRequest) => {
    // @ts-expect-error an operation is called by the client of a person
    void shotgun.call(searchRows(request));
  },
  byItself: (request: SearchRequest) => {
    // @ts-expect-error an operation does nothing by itself
    void searchRows(request).run();
  },
  changingUnseen: (): Reading<void> =>
    // @ts-expect-error what changes a record is told to the audit trail: it is no read
    deleteRecord('Version', 1),
  searchingAtOnce: (shotgun: Shotgun, request: SearchRequest) => {
    // @ts-expect-error the site itself cannot be searched
    void shotgun.search(request);
  },
  bareTransport: (transport: Transport, request: SearchRequest) => {
    // @ts-expect-error a search takes a person's caller
    void searchRows(request).run(transport);
  },
  lookAlike: (login: Login, request: SearchRequest) => {
    // @ts-expect-error an object of the same shape is no caller
    void searchRows(request).run({ login, send: () => Promise.reject(new Error()) });
  },
  scriptToken: (transport: Transport, tokens: TokenSource<ScriptToken>, login: Login) => {
    // @ts-expect-error a token of the script is none of a person
    void new PersonCaller(transport, tokens, login);
  },
  madeUpToken: (): PersonToken => {
    // @ts-expect-error a token is minted, not written
    return { value: 'x' };
  },
  scriptReadingRows: (): ScriptCall['path'] => {
    // @ts-expect-error the script reads no rows but people
    return '/entity/Version/_search';
  },
};

describe('the only door to ShotGrid', () => {
  it('is as(login): the module exports no other', () => {
    expect(Object.keys(createShotgunModule)).toEqual(['createShotgun']);
  });
});
