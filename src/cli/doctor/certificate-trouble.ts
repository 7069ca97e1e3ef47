import { ownValue } from '../../base/bare.ts';

/** Node's error codes for a certificate of an unknown authority. */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);
const OTHERS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'The certificate is over: renew it there, or set the clock of this machine.',
  CERT_NOT_YET_VALID: 'The certificate is not valid yet: set the clock of this machine.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another host name: use the name that it has.',
};
const MAX_CAUSES = 5;

/** Advice about the certificate that made a connection fail; undefined where the error has another cause. */
export function certificateAdvice(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth += 1) {
    const code = 'code' in current ? String(current.code) : '';
    if (UNKNOWN_AUTHORITY.has(code)) {
      return `The certificate is of an authority that this machine does not know (${code}): start with NODE_EXTRA_CA_CERTS=<file of the studio's authority>.`;
    }
    const advice = ownValue(OTHERS, code);
    if (advice !== undefined) return `${advice} (${code})`;
    current = 'cause' in current ? current.cause : undefined;
  }
  return undefined;
}
