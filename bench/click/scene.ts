import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { launchedIds } from '../pages.ts';
import type { Stage } from '../stage.ts';

export const DELAY_MS = 300;
/** Nobody clicks with the login of these: they warm the server after a restart. */
const WARM_LOGINS = ['person98', 'person99'];

/** The server has forgotten what it kept in its memory, the provider knows everybody, and the code has run before. */
export async function restartWarm(stage: Stage): Promise<void> {
  await stage.server.restart();
  for (const login of WARM_LOGINS) {
    const warm = await stage.signIn(login);
    await warm.post(`${stage.url}/graphql`, { json: { query: '{ viewer { login } }' }, from: 'same-origin' });
  }
}

/** Of the demo: fifty Versions of one project. */
export const selectedIds = (): readonly number[] => launchedIds(demoDataset());
