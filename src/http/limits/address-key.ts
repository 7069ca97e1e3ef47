import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/** A household or a studio gets a /64 of IPv6 at least, and may use any address of it. */
const PREFIX_PARTS = 4;

/**
 * Whom a limit by address counts: an address of IPv4, however it is written, or the first 64 bits of one of IPv6.
 * Whoever can choose among many addresses would otherwise have the limit as many times.
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
