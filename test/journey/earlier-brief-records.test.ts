import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionId } from '../../src/base/ids.ts';
import { ROOT } from '../rules/source-files.ts';
import {
  type BriefHeld,
  BRIEF_KEY,
  briefParts,
  type BriefParts,
  CONTENT,
  makeBrief,
  PERSON,
  SID,
} from '../support/brief-records.ts';
import { type DumpedRecord, DumpedStore } from '../support/dumped-store.ts';
import { ofFirstForm, shapesIn } from '../support/record-shapes.ts';

const FILE = join(ROOT, 'test', 'fixtures', 'kept-0.1.0-brief.json');
const KINDS = [
  ...['ended', 'handover', 'handover-approval', 'handover-code', 'handover-held', 'handover-ticket'],
  ...['logout', 'renewal-begun', 'renewal-failed', 'replaced-by', 'revocations', 'tab-ticket'],
];

interface Kept extends BriefHeld {
  readonly takenAtMs: number;
  readonly records: readonly DumpedRecord[];
}

async function made(): Promise<Kept> {
  const dumped = new DumpedStore(Date.now);
  const held = await makeBrief(briefParts(dumped.store, Date.now, false), Date.now);
  return { takenAtMs: Date.now(), ...held, records: await dumped.dump() };
}

/** `MAKE_KEPT=1` writes the file anew, for records of another version. */
if (process.env['MAKE_KEPT'] === '1') await writeFile(FILE, `${JSON.stringify(await made(), null, 2)}\n`);

/** What a server of 0.1.0 left in the middle of something. */
describe('records of version 0.1.0 that live for minutes', () => {
  let kept: Kept;
  let nowMs: number;
  let parts: BriefParts;
  beforeEach(async () => {
    kept = JSON.parse(await readFile(FILE, 'utf8')) as Kept;
    const dumped = new DumpedStore(() => nowMs);
    nowMs = kept.takenAtMs;
    await dumped.fill(kept.records);
    nowMs += 5000;
    parts = briefParts(dumped.store, () => nowMs, true);
    return () => parts.revocations.close();
  });

  it('open the window of a sign-in that waits, and tell its frame so', async () => {
    const { waiting, launchId } = kept;
    expect(await parts.handovers.open(waiting.ticket)).toEqual({
      id: waiting.id,
      launchId,
      loginHint: 'mira',
    });
    expect(await parts.handovers.poll(waiting.id, launchId)).toEqual({ kind: 'waiting' });
  });

  it('hand a sign-in over to the frame that has the verifier, once', async () => {
    const { handovers } = parts;
    const { code, verifier, launchId } = kept;
    expect(await handovers.redeem(code, verifier, launchId)).toEqual({ kind: 'redeemed', content: CONTENT });
    expect(await handovers.redeem(code, verifier, launchId)).toEqual({ kind: 'unknown' });
  });

  it('let the person approve it by a click in the window', async () => {
    const { handovers } = parts;
    expect(await handovers.approve(kept.approval)).toBe(true);
    expect(await handovers.poll(kept.signedIn.id, kept.launchId)).toMatchObject({ kind: 'approved' });
  });

  it('find a sign-in that waits for an account, and the tab that takes a launch over', async () => {
    const { handovers } = parts;
    expect(await handovers.held(kept.held)).toMatchObject({ launchId: kept.launchId, content: CONTENT });
    expect(await handovers.openTab(kept.tab, async (launch) => launch)).toBe(kept.launchId);
    expect(await handovers.openTab(kept.tab, async (launch) => launch)).toBeUndefined();
  });

  it('end a refresh token that the provider was not there for', async () => {
    nowMs += 60_000;
    await expect.poll(() => parts.revoked).toEqual(['refresh-token-to-end']);
  });

  it('tell since when tokens could not be renewed, and that another process may have sent one', async () => {
    const session = kept.session as SessionId;
    expect(await parts.failures.of(session)).toMatchObject({ firstMs: expect.any(Number) });
    expect(await parts.begun.begin(session, 'refresh-token', 1000)).toBe(false);
    nowMs += 60_000;
    expect(await parts.begun.begin(session, 'refresh-token', 1000)).toBe(true);
  });

  it('keep out who was signed out at the provider, and its token from being taken twice', async () => {
    const later = { ...SID, sid: 'another', redeemedAtMs: nowMs };
    expect(await parts.marks.wasEnded(PERSON, SID)).toBe(true);
    expect(
      await parts.marks.wasEnded(PERSON, { ...SID, sid: null, redeemedAtMs: kept.takenAtMs - 60_000 }),
    ).toBe(true);
    expect(await parts.marks.wasEnded(PERSON, later)).toBe(false);
    expect(await parts.logouts.accept('jwt')).toEqual({ refusal: 'jti_done' });
  });

  it('lead an open page from a replaced session to the one that goes on', async () => {
    expect(await parts.replaced.successorOf(kept.session as SessionId)).toEqual({ id: kept.successor });
  });

  it('have the shapes that this version writes, or this version writes another form', async () => {
    const earlier = await shapesIn(kept.records, BRIEF_KEY);
    expect([...earlier.keys()].toSorted()).toEqual(KINDS);
    const { records } = await made();
    const written = await shapesIn(records, BRIEF_KEY);
    expect([...written.keys()].toSorted()).toEqual(KINDS);
    for (const [kind, shapes] of ofFirstForm(written))
      expect({ kind, shapes }).toEqual({ kind, shapes: earlier.get(kind) });
  });
});
