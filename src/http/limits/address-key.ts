import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/** A household or a studio gets at least a /64 of IPv6, and may use any address in it. */
const PREFIX_PARTS = 4;

/**
 * The key of a limit by address: a normalized IPv4 address, or the first 64 bits of an IPv6 address. A client with
 * many addresses would otherwise get the limit once per address.
 */
export function addressKey({ ip = '' }: Pick<Request, 'ip'>): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  const { parts } = address as ipaddr.IPv6;
  return `${parts
    .slice(0, PREFIX_PARTS)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
