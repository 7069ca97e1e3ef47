import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { saidOf } from '../../../src/systems/said.ts';

describe('The message of a system', () => {
  it.each([
    ['Week is locked', 'Week is locked'],
    ['A day has < 24 hours & no more', 'A day has < 24 hours & no more'],
    ['  two\r\nlines\tand\u0000 more\u2028 ', 'two lines and more'],
    ['turned \u202Eround', 'turned round'],
    ['Die Woche ist gesperrt: 週は👩🏽‍🎨', 'Die Woche ist gesperrt: 週は👩🏽‍🎨'],
    ['seen\u200E \u200Fand\u061C un\u00ADseen\u200B\u2060', 'seen and unseen'],
    ['locked\u{E0061}\u{E0062}\u{E0100}\u3164', 'locked'],
    ['<\u200Bb>locked', undefined],
    ['می\u200Cخواهم ❤\uFE0F', 'می\u200Cخواهم ❤\uFE0F'],
    ['half \uD83D a letter', 'half a letter'],
    ['<b>locked</b>', undefined],
    ['locked<!-- -->', undefined],
    ['locked &lt;script&gt;', undefined],
    ['<script>alert(1)</script>', undefined],
    [' \n ', undefined],
    [7, undefined],
    [{ toString: () => 'x' }, undefined],
    [null, undefined],
  ])('shows the sentence %j as %j', (message, says) => {
    expect(saidOf({ message })).toEqual(says === undefined ? {} : { says });
  });

  it('is cut between characters if it has a megabyte', () => {
    const { says = '' } = saidOf({ message: '👩'.repeat(500_000) });
    expect(says).toBe(`${'👩'.repeat(499)}…`);
  });

  it.each([
    ['hours', 'hours'],
    ['/entries/0/hours', 'entries.0.hours'],
    [['entries', 0, 'hours'], 'entries.0.hours'],
    ['a b', undefined],
    ['<img>', undefined],
    [{ field: 'x' }, undefined],
    [Array.from({ length: 11 }, () => 'x'), undefined],
    ['', undefined],
  ])('has the field %j as %j', (path, shown) => {
    expect(saidOf({ path })).toEqual(shown === undefined ? {} : { path: shown });
  });

  it.each([
    ['WEEK_LOCKED', 'WEEK_LOCKED'],
    ['urn:studio:locked', 'urn:studio:locked'],
    [4711, '4711'],
    ['a sentence', undefined],
    ['x'.repeat(65), undefined],
  ])('has the code %j as %j', (code, systemCode) => {
    expect(saidOf({ code })).toEqual(systemCode === undefined ? {} : { systemCode });
  });

  it('is one short line without markup and invisible characters, whatever it was', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom(
        '<',
        '>',
        '&amp;',
        '</a>',
        '<i',
        '\n',
        '\u0085',
        '\u202E',
        '\u2069',
        '\u200F',
        '\u{E0041}',
        '\uDC00',
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { says } = saidOf({ message: pieces.join('') });
        if (says === undefined) return;
        expect(Array.from(says).length).toBeLessThanOrEqual(500);
        expect(says).not.toMatch(
          /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200B\u{E0000}-\u{E0FFF}]|<[a-z!/?]|&[a-z#]\w*;/iu,
        );
      }),
    );
  });
});
