import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuerProblem } from '../../src/cli/doctor/provider-document.ts';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';
import { makeCertificate, startTlsProxy } from '../support/tls-proxy.ts';

type Document = Record<string, unknown>;
interface Planted {
  readonly mistake: string;
  readonly check: string;
  readonly level: 'warn' | 'fail';
  readonly found: RegExp;
  readonly advice: RegExp;
  /** Changes the document of a provider that is right. */
  readonly plant?: (document: Document) => Document;
  readonly headers?: (response: ServerResponse) => void;
  readonly settings?: (issuer: string) => Readonly<Record<string, string>>;
}

const without =
  (...names: string[]) =>
  (document: Document): Document =>
    Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)));
const withThese =
  (changes: Document) =>
  (document: Document): Document => ({ ...document, ...changes });
const says = (change: (issuer: string) => string) => (document: Document) => ({
  ...document,
  issuer: change(String(document['issuer'])),
});

const PLANTED: readonly Planted[] = [
  {
    mistake: 'an issuer without its path',
    check: 'provider',
    level: 'fail',
    settings: (issuer) => ({ SHOTGRAPH_OIDC_ISSUER: `${issuer}/realms/nobody` }),
    found: /answers 404, no discovery document/u,
    advice: /with its path where it has one \(realm, tenant\)/u,
  },
  {
    mistake: 'an issuer without the slash at its end',
    check: 'provider',
    level: 'fail',
    plant: says((issuer) => `${issuer}/`),
    found: /only the slash at the end differs/u,
    advice: /slash at the end/u,
  },
  {
    mistake: 'an issuer without TLS in the setting alone',
    check: 'provider',
    level: 'fail',
    plant: says((issuer) => issuer.replace('http:', 'https:')),
    found: /only http and https differ/u,
    advice: /with https/u,
  },
  {
    mistake: 'a document of another host',
    check: 'provider',
    level: 'fail',
    plant: says(() => 'https://login.elsewhere.example'),
    found: /another host/u,
    advice: /login\.elsewhere\.example is the name that browsers use/u,
  },
  {
    mistake: 'a redirect URI that nobody registered',
    check: 'redirect URI',
    level: 'fail',
    settings: () => ({ SHOTGRAPH_PUBLIC_URL: 'http://localhost:4998' }),
    found: /the provider refuses client or address/u,
    advice: /Register http:\/\/localhost:4998\/auth\/callback/u,
  },
  {
    mistake: 'no userinfo',
    check: 'userinfo',
    level: 'warn',
    plant: without('userinfo_endpoint'),
    found: /the provider has none/u,
    advice: /Have "preferred_username" sent in the ID token/u,
  },
  {
    mistake: 'PKCE of the plain kind only',
    check: 'PKCE',
    level: 'warn',
    plant: withThese({ code_challenge_methods_supported: ['plain'] }),
    found: /does not offer S256/u,
    advice: /Turn on PKCE with S256/u,
  },
  {
    mistake: 'no word on PKCE',
    check: 'PKCE',
    level: 'warn',
    plant: without('code_challenge_methods_supported'),
    found: /does not say that it knows it/u,
    advice: /Turn on PKCE with S256/u,
  },
  {
    mistake: 'a clock that is minutes off',
    check: 'provider clock',
    level: 'fail',
    headers: (response) => response.setHeader('date', new Date(Date.now() - 240_000).toUTCString()),
    found: /this machine is 2\d\d s ahead of the provider/u,
    advice: /NTP/u,
  },
  {
    mistake: 'no refresh tokens',
    check: 'refresh tokens',
    level: 'warn',
    plant: withThese({ grant_types_supported: ['authorization_code'] }),
    found: /the provider gives none/u,
    advice: /STEP_UP/u,
  },
  {
    mistake: 'ID tokens with a shared secret',
    check: 'ID tokens',
    level: 'fail',
    plant: withThese({ id_token_signing_alg_values_supported: ['HS256', 'none'] }),
    found: /HS256, none only/u,
    advice: /RS256 or ES256/u,
  },
  {
    mistake: 'a claim that it does not have',
    check: 'claim',
    level: 'fail',
    settings: () => ({ SHOTGRAPH_IDENTITY_CLAIM: 'upn' }),
    found: /does not offer the claim "upn"/u,
    advice: /offered: .*preferred_username/u,
  },
  {
    mistake: 'a list of claims about tokens only',
    check: 'claim',
    level: 'warn',
    plant: withThese({ claims_supported: ['sub', 'iss', 'auth_time', 'acr'] }),
    found: /does not tell which claims about people it has/u,
    advice: /in the ID token or in userinfo/u,
  },
  {
    mistake: 'a scope that it does not name',
    check: 'scopes',
    level: 'warn',
    plant: withThese({ scopes_supported: ['openid', 'email'] }),
    found: /does not name profile/u,
    advice: /SHOTGRAPH_OIDC_SCOPE/u,
  },
  {
    mistake: 'addresses without TLS',
    check: 'provider TLS',
    level: 'fail',
    plant: withThese({ end_session_endpoint: 'http://login.studio.example/logout' }),
    found: /end_session_endpoint: http instead of https/u,
    advice: /secrets and tokens go there/u,
  },
  {
    mistake: 'no end_session_endpoint',
    check: 'sign-out',
    level: 'warn',
    plant: without('end_session_endpoint'),
    found: /no end_session_endpoint/u,
    advice: /stays signed in there/u,
  },
  {
    mistake: 'nobody told of a sign-out',
    check: 'sign-out there',
    level: 'warn',
    plant: without('backchannel_logout_supported', 'frontchannel_logout_supported'),
    found: /does not say that it tells others/u,
    advice: /stays signed in here/u,
  },
  {
    mistake: 'client authentication by certificates only',
    check: 'client authentication',
    level: 'fail',
    plant: withThese({ token_endpoint_auth_methods_supported: ['tls_client_auth'] }),
    found: /takes tls_client_auth, these settings have client_secret_basic/u,
    advice: /SHOTGRAPH_OIDC_CLIENT_AUTHENTICATION/u,
  },
  {
    mistake: 'pushed requests that are turned off here',
    check: 'pushed requests',
    level: 'fail',
    plant: withThese({ require_pushed_authorization_requests: true }),
    settings: () => ({ SHOTGRAPH_OIDC_PAR: 'off' }),
    found: /takes no others/u,
    advice: /Leave SHOTGRAPH_OIDC_PAR out/u,
  },
  {
    mistake: 'keys that are not there',
    check: 'provider keys',
    level: 'fail',
    plant: (document) => ({ ...document, jwks_uri: `${String(document['issuer'])}/nothing` }),
    found: /answers 404 and no keys/u,
    advice: /jwks_uri/u,
  },
];

let studio: CliStudio;
let front: Server;
let issuer: string;
let bent: Planted | undefined;
beforeAll(async () => {
  studio = await startCliStudio();
  const answer = await fetch(`${studio.issuer}/.well-known/openid-configuration`);
  const document = (await answer.json()) as Document;
  front = createServer((request, response) => {
    if (request.url !== '/.well-known/openid-configuration') {
      response.writeHead(404).end('{}');
      return;
    }
    bent?.headers?.(response);
    const right = { ...document, issuer };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(bent?.plant?.(right) ?? right));
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
  issuer = `http://localhost:${(front.address() as AddressInfo).port}`;
});
afterAll(async () => {
  front.closeAllConnections();
  await new Promise((resolve) => front.close(resolve));
  await studio.stop();
});

interface Finding {
  readonly level: string;
  readonly check: string;
  readonly found: string;
  readonly advice: string | null;
}

async function examine(settings: Readonly<Record<string, string>> = {}): Promise<readonly Finding[]> {
  const { said } = await studio.run(['doctor', '--json'], { SHOTGRAPH_OIDC_ISSUER: issuer, ...settings });
  return JSON.parse(said) as Finding[];
}
const wrongOf = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ level, check }) => level !== 'ok' && check !== 'drift' && check !== 'store');

describe('doctor checks the provider', () => {
  it('and reports nothing about a correct one', async () => {
    bent = undefined;
    expect(wrongOf(await examine())).toEqual([]);
  });

  it.each(PLANTED.map((each) => [each.mistake, each] as const))(
    'and reports each mistake by its own sentence: %s',
    async (...[, each]) => {
      bent = each;
      const [first] = wrongOf(await examine(each.settings?.(issuer))).filter(
        ({ check }) => check === each.check,
      );
      expect(first).toEqual({
        level: each.level,
        check: each.check,
        found: expect.stringMatching(each.found),
        advice: expect.stringMatching(each.advice),
      });
    },
  );
});

it('doctor does not call a warning fine', async () => {
  bent = PLANTED.find(({ mistake }) => mistake === 'no userinfo');
  const { said, code } = await studio.run(['doctor'], { SHOTGRAPH_OIDC_ISSUER: issuer });
  expect(said).toMatch(/^Nothing fails; \d+ to look at\.$/mu);
  expect(code).toBe(0);
});

describe('doctor names an untrusted certificate', () => {
  it.each([
    ['Redis', 'store', (port: number) => ({ SHOTGRAPH_STORE_URL: `rediss://localhost:${port}` })],
    ['the provider', 'provider', (port: number) => ({ SHOTGRAPH_OIDC_ISSUER: `https://localhost:${port}` })],
    ['the site', 'site', (port: number) => ({ SHOTGRAPH_SITE_URL: `https://localhost:${port}` })],
  ])('of %s, and NODE_EXTRA_CA_CERTS', async (...[, check, settingsFor]) => {
    bent = undefined;
    const proxy = await startTlsProxy(await makeCertificate());
    const findings = await examine(settingsFor(proxy.port));
    await proxy.close();
    expect(findings.find((each) => each.check === check)?.advice).toMatch(
      /certificate is of an authority that this machine does not know \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS/u,
    );
  });
});

it('doctor reports a proxy that ends TLS before the provider without announcing it', () => {
  const problem = issuerProblem({ issuer: 'http://login.studio.example' }, 'https://login.studio.example');
  expect(problem?.advice).toContain('X-Forwarded-Proto');
});
