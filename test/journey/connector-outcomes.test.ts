import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../studio/farm/jobs.ts';
import type { LineFault } from '../support/faulty-line.ts';
import { startSystemsWorld, type SystemsWorld } from '../support/systems-world.ts';

const HTML = '<h1>It works!</h1>';

let world: SystemsWorld;
beforeAll(async () => {
  world = await startSystemsWorld();
});
afterAll(() => world.stop());

const failedJob = (of: 'mira' | 'others'): Job => {
  const isMiras = of === 'mira';
  const job = world.jobs.find(({ owner, state }) => state === 'FAILED' && (owner === 'mira') === isMiras);
  if (job === undefined) throw new Error('The demo has too few failed jobs.');
  return job;
};

describe('A change by a connector', () => {
  const retry = (id: number) => world.change(`retryRenderJob(id: ${id}) { id state }`);

  it('that the system makes is done', async () => {
    const job = failedJob('mira');
    expect(await retry(job.id)).toEqual({ told: null, trail: { outcome: 'done' } });
    expect(job.state).toBe('QUEUED');
  });

  it('that the person has no right to is refused', async () => {
    const job = failedJob('others');
    const trail = { outcome: 'refused', code: 'FORBIDDEN' };
    expect(await retry(job.id)).toEqual({ told: ['FORBIDDEN', null], trail });
    expect(job.state).toBe('FAILED');
  });

  it('that the system rejects, or that it does not know, has failed', async () => {
    const queued = world.jobs.find(({ owner, state }) => owner === 'mira' && state !== 'FAILED');
    const rejected = { outcome: 'failed', code: 'SYSTEM_REJECTED' };
    expect(await retry(queued?.id ?? 0)).toEqual({ told: ['SYSTEM_REJECTED', null], trail: rejected });
    const unknown = { outcome: 'failed', code: 'NOT_FOUND' };
    expect(await retry(1)).toEqual({ told: ['NOT_FOUND', null], trail: unknown });
  });

  it.each<[string, LineFault, string, boolean]>([
    [
      'whose connection is lost before the system gets it',
      { kind: 'lostBefore' },
      'SYSTEM_UNAVAILABLE',
      false,
    ],
    ['whose connection is lost after the system made it', { kind: 'lostAfter' }, 'SYSTEM_UNAVAILABLE', true],
    ['that is answered with a page', { kind: 'answeredAfter', body: HTML }, 'SYSTEM_BROKEN', true],
    [
      'that is answered with 502 by a proxy',
      { kind: 'answeredAfter', body: HTML, status: 502 },
      'SYSTEM_UNAVAILABLE',
      true,
    ],
  ])('%s may have been made', async (_, fault, code, isMade) => {
    const job = failedJob('mira');
    world.farmLine.next(fault);
    expect(await retry(job.id)).toEqual({ told: [code, 'unknown'], trail: { outcome: 'unknown', code } });
    expect(job.state === 'QUEUED').toBe(isMade);
    Object.assign(job, { state: 'FAILED' });
  });

  it('for which nobody listens has failed, since nothing was sent', async () => {
    await world.farmLine.cut();
    await world.untilUnheard(`{ versionsByIds(ids: [${world.versionIds.join()}]) { renderJobs { id } } }`);
    const answer = await retry(failedJob('mira').id);
    await world.farmLine.mend();
    const trail = { outcome: 'failed', code: 'SYSTEM_UNAVAILABLE' };
    expect(answer).toEqual({ told: ['SYSTEM_UNAVAILABLE', null], trail });
  });

  it.each([
    ['refused', () => failedJob('others').id, 'FORBIDDEN'],
    ['not found', () => 1, 'NOT_FOUND'],
  ])('of two steps may have been made once the second one is %s', async (_, second, code) => {
    const job = failedJob('mira');
    const answer = await world.change(`retryTwo(ids: [${job.id}, ${second()}])`);
    expect(job.state).toBe('QUEUED');
    Object.assign(job, { state: 'FAILED' });
    expect(answer).toEqual({ told: [code, 'unknown'], trail: { outcome: 'unknown', code } });
  });

  it('of two steps has failed or is refused where the first one is', async () => {
    const [own, other] = [failedJob('mira'), failedJob('others')];
    const refused = { told: ['FORBIDDEN', null], trail: { outcome: 'refused', code: 'FORBIDDEN' } };
    expect(await world.change(`retryTwo(ids: [${other.id}, ${own.id}])`)).toEqual(refused);
    expect(own.state).toBe('FAILED');
  });
});
