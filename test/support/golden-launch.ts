import { launchOf } from './graphql-world.ts';
import { LAUNCH_ID } from './page.ts';
import type { SiteWorld } from './site-world.ts';

/** Mira opens the launch that the golden pages ask for. */
export function openGoldenLaunch({ dataset, launches }: SiteWorld): void {
  const ids = (dataset.rows['Version'] ?? [])
    .filter((row) => (row['project'] as { id: number }).id === 1)
    .slice(0, 50)
    .map(({ id }) => id);
  launches.set('mira', [launchOf(LAUNCH_ID, { selectedIds: ids, ids })]);
}
