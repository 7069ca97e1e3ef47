import { expect, it } from 'vitest';
import fc from 'fast-check';
import { addressKey } from '../../../src/http/limits/request-limits.ts';

const keyOf = (ip: string): string => addressKey({ ip });

it('an IPv4 address is one key, also if an IPv6 socket received it', () => {
  expect(keyOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(keyOf('::ffff:c000:0207')).toBe('192.0.2.7');
  fc.assert(fc.property(fc.ipV4(), (ip) => keyOf(ip) === ip));
});

it('forty addresses of one IPv6 /64 are one key, and those of another are not', () => {
  const of = (prefix: string): Set<string> =>
    new Set(Array.from({ length: 40 }, (_, last) => keyOf(`${prefix}:${last.toString(16)}:0:aa:1`)));
  const [here, there] = [of('2001:db8:1:2'), of('2001:db8:1:3')];
  expect([here.size, there.size, new Set([...here, ...there]).size]).toEqual([1, 1, 2]);
});

it('one key for every notation of an address', () => {
  expect(keyOf('2001:DB8::1')).toBe(keyOf('2001:0db8:0000:0000:ffff::2'));
  expect(keyOf('fe80::1%eth0')).toBe(keyOf('fe80::2'));
  const bits = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(bits, (parts) => {
      // Addresses of IPv4 in IPv6 are the other kind.
      fc.pre(parts.slice(0, 5).some((part) => part !== 0));
      const long = parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
      const prefix = parts.slice(0, 4).map((part) => part.toString(16));
      return keyOf(long) === `${prefix.join(':')}::/64`;
    }),
  );
});

it('a text that is not an address stays as it is', () => {
  expect([keyOf(''), keyOf('nonsense'), addressKey({ ip: undefined })]).toEqual(['', 'nonsense', '']);
});
