import { setImmediate as immediate } from 'node:timers/promises';
import { parseSessionUuid } from '../../src/base/ids.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { updateRecord } from '../../src/shotgun/calls/write.ts';
import type { ActingClient, ActingOptions } from '../../src/shotgun/client/shotgun.ts';
import type { CallOptions, Row } from '../../src/shotgun/port/records.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { type HeldLine, startHeldLine } from './held-line.ts';
import type { OpenSite } from './open-site.ts';
import { createTestShotgun, login, searchOf, type TestShotgun } from './test-shotgun.ts';

const DATASET = demoDataset();
const PEOPLE = new Map(DATASET.rows['HumanUser']?.map((row) => [String(row['login']), row.id]));
/** A Version that João may change. */
export const VERSION_ID = DATASET.rows['Version']?.[0]?.id ?? 0;
export const WINDOW = parseSessionUuid('6e3c9c6e-0000-4000-8000-00000000aaaa');
export const personOf = (who: string): number => PEOPLE.get(who) ?? 0;

export interface Asking extends Pick<ActingOptions, 'own' | 'sessionUuid'> {
  readonly session?: string | null;
  /** False for a login alone, without the id of its person. */
  readonly isNamed?: boolean;
}

/** Tabs of people who read one Version of the emulated site, and change its code. Each call is held on its way. */
export interface Tabs {
  readonly client: TestShotgun;
  readonly line: HeldLine;
  as(who: string, asking?: Asking): ActingClient;
  read(who?: string, options?: Asking & CallOptions): Promise<readonly Row[]>;
  write(code: string, asking?: Asking): Promise<unknown>;
  /** Reads that have joined others. */
  joined(): number;
  /** Waits until so many have. */
  haveJoined(count: number): Promise<void>;
  close(): Promise<void>;
}

export const VERSION = searchRows(searchOf('Version', ['id', 'is', VERSION_ID]));

export function codeOf([row]: readonly Row[]): string {
  const code = row?.fields['code'];
  return typeof code === 'string' ? code : '';
}

export async function openTabs(site: OpenSite): Promise<Tabs> {
  let joined = 0;
  const line = await startHeldLine(site.url);
  const client = createTestShotgun(line.url, {
    onJoined: () => (joined += 1),
    clock: { now: () => site.clock.ms },
    settings: { maxConnections: 60, maxCallsPerPerson: 60 },
  });
  const as: Tabs['as'] = (who, { session = 'tab', isNamed = true, ...more } = {}) =>
    client.shotgun.as(login(who), {
      ...(isNamed && { personId: personOf(who) }),
      ...(session !== null && { session }),
      ...more,
    });
  return {
    client,
    line,
    as,
    read(who = 'joao', { signal, onTimed, ...asking } = {}) {
      return as(who, asking).call(VERSION, { ...(signal && { signal }), ...(onTimed && { onTimed }) });
    },
    write: (code, asking) => as('joao', asking).call(updateRecord('Version', VERSION_ID, { code })),
    joined: () => joined,
    async haveJoined(count) {
      for (;;) {
        if (joined >= count) return;
        await immediate();
      }
    },
    async close() {
      await line.open();
      await client.close();
      await line.close();
    },
  };
}
