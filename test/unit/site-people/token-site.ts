import express from 'express';
import { createAuth } from '../../../studio/site/auth/auth.ts';
import { SiteError } from '../../../studio/site/ports.ts';
import type { Switches } from '../../../studio/site/ports.ts';
import { studioStorage } from './studio-rows.ts';
import { answerRefusal, serveApp } from './serve-app.ts';

export const PATH = '/api/v1/auth/access_token';
export const FORM = 'application/x-www-form-urlencoded';
export const SCRIPT = {
  grant_type: 'client_credentials',
  client_id: 'shotgraph',
  client_secret: 'demo-script-key',
};

interface TokenAnswer {
  token_type: string;
  access_token: string;
  expires_in: number;
  refresh_token: string;
}

/** A token endpoint on a small studio, with a clock that the test moves. */
export async function tokenSite(switches: Switches = {}) {
  const storage = studioStorage();
  const clock = { ms: Date.UTC(2026, 8, 4, 12) };
  const auth = createAuth({
    storage,
    switches,
    now: () => clock.ms,
    tokenLifetimeSeconds: 600,
    host: () => 'studio.example',
  });
  const app = express();
  app.post(PATH, auth.tokenEndpoint);
  app.use(auth.appSessionRoutes);
  app.use(answerRefusal);
  const base = await serveApp(app);
  const request = async (fields: Record<string, string>) => {
    const answer = await fetch(base + PATH, { method: 'POST', body: new URLSearchParams(fields) });
    return (await answer.json()) as TokenAnswer & { title?: string };
  };
  const callerFor = async (fields: Record<string, string>) =>
    auth.callerOf(`Bearer ${(await request(fields)).access_token}`);
  return { base, storage, auth, clock, request, callerFor };
}

export function refusalOf(work: () => unknown): Partial<SiteError> {
  try {
    work();
  } catch (error) {
    if (error instanceof SiteError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
