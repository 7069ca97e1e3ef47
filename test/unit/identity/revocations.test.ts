import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { createRevocations } from '../../../src/identity/revocations.ts';

/** A provider that is away for some calls. */
const startProvider = (outages: number) => {
  const events: string[] = [];
  const logger = createLogger({
    level: 'warn',
    write: (line) => events.push((JSON.parse(line) as { event: string }).event),
  });
  let isDone = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    isDone = resolve;
  });
  let left = outages;
  const revoke = async (token: string): Promise<void> => {
    if (left > 0) {
      left -= 1;
      throw new AppError('IDP_UNAVAILABLE');
    }
    events.push(`revoked ${token}`);
    isDone();
  };
  return { oidc: { revoke }, logger, events, done };
};

describe('a refresh token of a session that is over (D16)', () => {
  it('is ended at the provider, also where that is away at first', async () => {
    const { oidc, logger, events, done } = startProvider(2);
    await createRevocations(oidc, logger, [0, 0, 0]).revoke('canary');
    await done;
    expect(events).toEqual(['revocation.postponed', 'revocation.postponed', 'revoked canary']);
  });

  it('is given up when the provider stays away', async () => {
    const { oidc, logger, events } = startProvider(1);
    await createRevocations(oidc, logger, []).revoke('canary');
    expect(events).toEqual(['revocation.given_up']);
  });

  it('waits no longer than the server runs', async () => {
    const { oidc, logger, events } = startProvider(1);
    const revocations = createRevocations(oidc, logger, [3_600_000]);
    await revocations.revoke('canary');
    revocations.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual(['revocation.postponed', 'revocation.given_up']);
  });
});
