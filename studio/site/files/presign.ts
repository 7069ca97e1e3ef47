import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Presigner {
  /** Address that allows one method on one key for a while; `parameters` are signed with it. */
  sign(method: 'GET' | 'PUT', key: string, parameters?: Readonly<Record<string, string>>): string;
  /** What a request with such an address may do. */
  check(method: string, url: string): 'allowed' | 'expired' | 'denied';
}

/** Lifetime of presigned links; each read signs them again (API 6.3). */
const LIFETIME_SECONDS = 900;

/** Signs addresses of the storage in the manner of the cloud storage behind real sites. */
export function createPresigner(now: () => number, baseUrl: () => string): Presigner {
  const secret = randomBytes(32);
  const signatureOf = (method: string, url: URL): Buffer => {
    const query = new URLSearchParams(url.searchParams);
    query.delete('X-Amz-Signature');
    query.sort();
    return createHmac('sha256', secret).update(`${method}\n${url.pathname}\n${query.toString()}`).digest();
  };
  return {
    sign(method, key, parameters = {}) {
      const url = new URL(`/${key}`, baseUrl());
      const amzDate = new Date(now()).toISOString().replace(/[-:]|\.\d+/g, '');
      for (const [name, value] of Object.entries({
        ...parameters,
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Date': amzDate,
        'X-Amz-Expires': String(LIFETIME_SECONDS),
        'X-Amz-SignedHeaders': 'host',
      })) {
        url.searchParams.set(name, value);
      }
      url.searchParams.set('X-Amz-Signature', signatureOf(method, url).toString('hex'));
      return url.href;
    },
    check(method, address) {
      const url = new URL(address, baseUrl());
      const given = Buffer.from(url.searchParams.get('X-Amz-Signature') ?? '', 'hex');
      const due = signatureOf(method, url);
      if (given.length !== due.length || !timingSafeEqual(given, due)) return 'denied';
      const signedAt = parseAmzDate(url.searchParams.get('X-Amz-Date') ?? '');
      const expires = Number(url.searchParams.get('X-Amz-Expires'));
      return now() < signedAt + expires * 1000 ? 'allowed' : 'expired';
    },
  };
}

function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
