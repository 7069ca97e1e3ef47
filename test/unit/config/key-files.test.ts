import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProtectedHeader } from 'jose';
import { createLogger } from '../../../src/base/logger.ts';
import type { Environment } from '../../../src/config/environment.ts';
import { ConfigError, loadConfig, loadSiteConfig } from '../../../src/config/load-config.ts';
import type { Setting } from '../../../src/config/setting-types.ts';
import { SETTINGS } from '../../../src/config/settings.ts';
import { createClientAuthentication } from '../../../src/identity/provider/client-authentication.ts';

const CLIENT_KEY = 'SHOTGRAPH_OIDC_CLIENT_KEY_FILE';
const SCRIPT_KEY = 'SHOTGRAPH_SITE_SCRIPT_KEY_FILE';

const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const jwkOf = (key: KeyObject, more: JsonWebKey = {}): string =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });
const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();

function messageOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    return String(error);
  }
  throw new Error('the configuration was accepted');
}

describe('settings that name a file with a secret', () => {
  let folder: string;
  let good: Environment;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-keys-'));
    await writeFile(join(folder, 'shotgraph.yml'), '');
    good = {
      SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
      SHOTGRAPH_PUBLIC_URL: 'https://shotgraph.studio.example/',
      SHOTGRAPH_SITE_URL: 'https://studio.example',
      SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
      SHOTGRAPH_SITE_SCRIPT_KEY: 'script-key-of-the-site',
      SHOTGRAPH_OIDC_ISSUER: 'https://login.studio.example/',
      SHOTGRAPH_OIDC_CLIENT_ID: 'shotgraph',
      SHOTGRAPH_OIDC_CLIENT_SECRET: 'secret-of-the-client',
      SHOTGRAPH_ENCRYPTION_KEYS: Buffer.from('a key of 32 bytes for the tests!').toString('base64'),
    };
  });
  afterAll(() => rm(folder, { recursive: true }));

  const problemOf = async (change: Environment): Promise<string> => {
    const failure: unknown = await loadConfig({ ...good, ...change }).catch((error: unknown) => error);
    if (!(failure instanceof ConfigError)) throw new Error('the configuration was accepted');
    expect(failure.problems).toHaveLength(1);
    return failure.message;
  };
  const fileWith = async (text: string): Promise<Environment> => {
    const path = join(await mkdtemp(join(folder, 'key-')), 'key');
    await writeFile(path, text);
    return { [CLIENT_KEY]: path };
  };

  it.each([
    'canary-of-the-key',
    'canary '.repeat(20).trim(),
    `canary${'x'.repeat(5000)}`,
    'canary/of+the/key==',
    '"canary"',
    '{"kty":"oct","k":"canary"}',
    '-----BEGIN PRIVATE KEY-----\\ncanary\\n-----END PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----',
  ])('never show a key that was given in place of the path: %#', async (key) => {
    for (const setting of [CLIENT_KEY, SCRIPT_KEY]) {
      const text = await problemOf({
        SHOTGRAPH_SITE_SCRIPT_KEY: setting === SCRIPT_KEY ? '' : 'a-key-of-the-site',
        [setting]: key,
      });
      expect(text).toContain(setting);
      expect(text).not.toContain('canary');
    }
    const { SHOTGRAPH_SITE_SCRIPT_KEY: _, ...rest } = good;
    const ofTheSite = messageOf(() => loadSiteConfig({ ...rest, [SCRIPT_KEY]: key }));
    expect(ofTheSite).toContain(SCRIPT_KEY);
    expect(ofTheSite).not.toContain('canary');
  });

  it('exist for every secret of the table and of shotgraph.yml, and for no other setting', async () => {
    const [place, lists] = [await mkdtemp(join(folder, 'every-')), join(folder, 'every.yml')];
    const secrets: Record<string, string | undefined> = {
      SHOTGRAPH_SITE_SCRIPT_KEY: good['SHOTGRAPH_SITE_SCRIPT_KEY'],
      SHOTGRAPH_OIDC_CLIENT_SECRET: good['SHOTGRAPH_OIDC_CLIENT_SECRET'],
      SHOTGRAPH_OIDC_CLIENT_KEY: pemOf(ec('P-256').privateKey),
      SHOTGRAPH_STORE_URL: 'rediss://user:canary@redis.studio.example',
      SHOTGRAPH_ENCRYPTION_KEYS: good['SHOTGRAPH_ENCRYPTION_KEYS'],
      SHOTGRAPH_AMI_SECRET_REVIEW: 'a-secret-of-enough-bytes',
    };
    const ofTable = Object.entries<Setting>(SETTINGS).filter(([, { secret }]) => secret === true);
    expect(ofTable.map(([name]) => name)).toEqual(Object.keys(secrets).slice(0, -1));
    await writeFile(
      lists,
      `amis: { review: { secrets: ["\${SHOTGRAPH_AMI_SECRET_REVIEW}"], opens: /apps/review/ } }\napps: { review: { directory: . } }\n`,
    );
    const direct = { ...good, ...secrets, SHOTGRAPH_CONFIG: lists };
    const inFiles: Record<string, string | undefined> = { ...direct };
    for (const [name, text] of Object.entries(secrets)) {
      const path = join(place, name);
      await writeFile(path, `${text}\r\n`);
      delete inFiles[name];
      inFiles[`${name}_FILE`] = path;
    }
    const expected = await loadConfig(direct);
    expect(await loadConfig(inFiles)).toEqual({
      ...expected,
      site: { ...expected.site, scriptKeyFile: join(place, 'SHOTGRAPH_SITE_SCRIPT_KEY') },
    });
    expect(await problemOf({ SHOTGRAPH_PORT_FILE: join(place, 'port') })).toMatch(
      /SHOTGRAPH_PORT_FILE is not a setting of this server/u,
    );
    // Of two values, nobody knows which is meant.
    for (const name of Object.keys(secrets)) {
      const both = { ...inFiles, [name]: secrets[name] };
      await expect(loadConfig(both)).rejects.toThrow(new RegExp(`${name}_FILE. Keep one of them`, 'u'));
    }
  });

  it.each<[string, () => string, RegExp]>([
    [
      'a public key in PEM',
      () => ec('P-256').publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      /public key/u,
    ],
    ['a public JWK', () => jwkOf(ec('P-256').publicKey), /public key/u],
    ['a symmetric JWK', () => '{"kty":"oct","k":"c2VjcmV0IGNhbmFyeQ"}', /private key/u],
    ['a set of JWKs', () => `{"keys":[${jwkOf(ec('P-256').privateKey)}]}`, /one JWK/u],
    ['text that is no key', () => 'canary', /private key/u],
    ['JSON that ends too early', () => '{"kty": "EC", ', /private key/u],
    ['an RSA key that is too small', () => pemOf(rsa(1024).privateKey), /2048 bits/u],
    ['a small RSA key as a JWK', () => jwkOf(rsa(1024).privateKey), /2048 bits/u],
    [
      'an RSA key for PSS alone',
      () => pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey),
      /cannot sign here/u,
    ],
    [
      'a curve that JWTs have no algorithm for',
      () => jwkOf(ec('secp256k1').privateKey),
      /P-256, P-384 or P-521/u,
    ],
    ['that curve in PEM', () => pemOf(ec('secp256k1').privateKey), /P-256, P-384 or P-521/u],
    ['Ed448', () => jwkOf(generateKeyPairSync('ed448').privateKey), /Ed25519/u],
    ['a key that agrees on keys', () => jwkOf(generateKeyPairSync('x25519').privateKey), /cannot sign here/u],
    [
      'an algorithm of encryption',
      () => jwkOf(rsa(2048).privateKey, { alg: 'RSA-OAEP' }),
      /alg does not go/u,
    ],
    [
      'an algorithm of another curve',
      () => jwkOf(ec('P-256').privateKey, { alg: 'ES384' }),
      /alg does not go/u,
    ],
    [
      'an algorithm of another kind',
      () => jwkOf(ec('P-256').privateKey, { alg: 'RS256' }),
      /alg does not go/u,
    ],
    ['an algorithm of secrets', () => jwkOf(rsa(2048).privateKey, { alg: 'HS256' }), /alg does not go/u],
    ['a key for encryption', () => jwkOf(ec('P-256').privateKey, { use: 'enc' }), /not for signatures/u],
    [
      'a key that may only verify',
      () => jwkOf(ec('P-256').privateKey, { key_ops: ['verify'] }),
      /not for signatures/u,
    ],
  ])('refuse %s at the start', async (_, text, reason) => {
    const problem = await problemOf(await fileWith(text()));
    expect(problem).toContain(CLIENT_KEY);
    expect(problem).toMatch(reason);
    expect(problem).not.toContain('canary');
  });

  it.each<[string, () => string, string]>([
    ['an RSA key', () => pemOf(rsa(2048).privateKey), 'RS256'],
    ['an RSA JWK', () => jwkOf(rsa(2048).privateKey, { alg: 'PS384', use: 'sig' }), 'PS384'],
    ['a key on P-256', () => pemOf(ec('P-256').privateKey), 'ES256'],
    ['a JWK on P-384', () => jwkOf(ec('P-384').privateKey, { key_ops: ['sign'] }), 'ES384'],
    ['a JWK on P-521', () => jwkOf(ec('P-521').privateKey, { alg: 'ES512' }), 'ES512'],
    ['an Ed25519 key', () => pemOf(generateKeyPairSync('ed25519').privateKey), 'EdDSA'],
    ['an Ed25519 JWK', () => jwkOf(generateKeyPairSync('ed25519').privateKey, { alg: 'Ed25519' }), 'Ed25519'],
  ])('take %s, and assertions are signed with its algorithm', async (_, text, algorithm) => {
    const { oidc } = await loadConfig({ ...good, ...(await fileWith(text())) });
    const { auth } = createClientAuthentication(oidc, createLogger({ level: 'silent' }));
    const body = new URLSearchParams();
    const prove = await auth('private_key_jwt');
    // The type says that it returns nothing; with a key it returns a promise.
    const proved: unknown = prove({ issuer: oidc.issuer }, { client_id: oidc.clientId }, body, new Headers());
    await Promise.resolve(proved);
    expect(decodeProtectedHeader(body.get('client_assertion') ?? '').alg).toBe(algorithm);
  });
});
