import { describe, expect, it } from 'vitest';
import { wasNotSent } from '../../../src/base/error-kinds.ts';

describe('an error of a connection', () => {
  it.each([
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, true],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, true],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, true],
    [{ code: 'EHOSTUNREACH', syscall: 'connect' }, true],
    [{ code: 'ENETUNREACH', syscall: 'connect' }, true],
    [{ code: 'EHOSTUNREACH', syscall: 'read' }, false],
    [{ code: 'ENETUNREACH', syscall: 'write' }, false],
    [{ code: 'EHOSTUNREACH' }, false],
    [{ code: 'ECONNRESET', syscall: 'read' }, false],
    [{ code: 'UND_ERR_SOCKET' }, false],
    ['ECONNREFUSED', false],
    [null, false],
  ])('like %j says that the call has not left: %j', (cause, isNotSent) => {
    expect(wasNotSent(cause)).toBe(isNotSent);
  });
});
