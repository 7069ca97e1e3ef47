import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressesOf, placeOf } from '../../clients/typescript/src/place.ts';

describe('the addresses of a page', () => {
  beforeAll(() => {
    const origin = 'https://shotgraph.example';
    vi.stubGlobal('location', {
      origin,
      pathname: '/apps/review/',
      search: '',
      href: `${origin}/apps/review/`,
    });
  });
  afterAll(() => {
    vi.unstubAllGlobals();
  });
  const returnTo = 'returnTo=%2Fapps%2Freview%2F';

  it.each([
    ['https://shotgraph.example/auth/login?acr=2', `/auth/login?acr=2&${returnTo}`],
    ['https://shotgraph.example//evil.example/x', `/evil.example/x?${returnTo}`],
    ['https://shotgraph.example/\\\\evil.example', `/evil.example?${returnTo}`],
    ['http://[', `/auth/login?${returnTo}`],
  ])('lead to this server from the loginUrl %s', (loginUrl, expected) => {
    expect(addressesOf(placeOf({})).stepUp(loginUrl)).toBe(expected);
  });

  it('never lead to the host that a loginUrl without a path makes of the name of another server', () => {
    const { stepUp } = addressesOf(placeOf({ server: 'https://shotgraph.example' }));
    expect(stepUp('x:@evil.example')).toMatch(/^https:\/\/shotgraph\.example\/@evil/u);
  });
});
