import { describe, expect, it } from 'vitest';
import { isOtherSite } from '../../../src/base/same-site.ts';
import { otherSites } from '../../../src/http/guard/same-site.ts';

/** A public suffix: each name below it belongs to somebody else. */
const SHARED = ['github', 'io'].join('.');

describe('two addresses', () => {
  it.each([
    ['https://shotgraph.studio.example', 'https://tools.studio.example:8443'],
    ['https://studio.example', 'https://a.b.studio.example'],
    ['http://localhost:4000', 'http://localhost:5173'],
    ['https://10.0.0.1:4000', 'https://10.0.0.1'],
  ])('%s and %s are of one site', (one, other) => {
    expect([isOtherSite(one, other), isOtherSite(other, one)]).toEqual([false, false]);
  });

  it.each([
    ['https://shotgraph.studio.example', 'https://tools.example'],
    ['https://shotgraph.studio.example', 'http://tools.studio.example'],
    [`https://studio.${SHARED}`, `https://tools.${SHARED}`],
    ['http://localhost:4000', 'http://127.0.0.1:4000'],
    ['https://10.0.0.1', 'https://10.0.0.2'],
  ])('%s and %s are of different sites', (one, other) => {
    expect([isOtherSite(one, other), isOtherSite(other, one)]).toEqual([true, true]);
  });
});

it('warns of the front ends that get no cookie, and of no other', () => {
  const http = { publicUrl: 'https://shotgraph.studio.example' };
  const frontEndOrigins = ['https://tools.studio.example', 'https://tools.example'];
  expect(otherSites({ http, frontEndOrigins })).toEqual([
    expect.stringContaining('https://tools.example is at another site'),
  ]);
});
