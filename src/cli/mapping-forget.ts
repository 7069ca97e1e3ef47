import { systemClock } from '../base/clock.ts';
import { parseSubject, type Subject } from '../base/ids.ts';
import { createLogger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { createAccountMemory } from '../identity/person/account-memory.ts';
import { createAudit } from '../observe/audit.ts';
import { placeOf, createVault } from '../store/vault.ts';
import { command, UsageError } from './command.ts';
import { openRedis } from './open-redis.ts';

/** After `MAPPING_CHANGED`: an administrator has checked, and the account may be mapped again. */
export const mappingForget = command({
  name: 'mapping forget',
  words: 'SUBJECT',
  summary: 'allows an account of the identity provider to map to a person again (after MAPPING_CHANGED)',
  options: {},
  examples: [
    {
      line: 'mapping forget 8f14e45f-ceea',
      does: 'The account with this subject (sub) is mapped again at its next sign-in.',
    },
  ],
  async run({ words: [text, ...others], environment }, terminal) {
    const subject = parseSubject(text);
    if (subject === undefined || others.length > 0) {
      throw new UsageError('Name the account by its subject (sub), as the audit trail has it.');
    }
    const config = await loadConfig(environment());
    if (config.store.url === 'memory:') {
      terminal.printError(
        'The server keeps its records in memory: restart it, and every account is mapped again.',
      );
      return 1;
    }
    const store = await openRedis(config.store.url, createLogger({ level: 'silent' }));
    if ('advice' in store) {
      terminal.printError(`Redis does not answer. ${store.advice}`);
      return 1;
    }
    try {
      const vault = createVault(store, config.store.encryptionKeys, { place: placeOf(config) });
      const memory = createAccountMemory(vault);
      const account = { issuer: config.oidc.issuer, subject };
      const remembered = await memory.recall(account);
      if (remembered === undefined) {
        terminal.printError(
          'There is no record of this account. Check the subject, SHOTGRAPH_OIDC_ISSUER, SHOTGRAPH_OIDC_CLIENT_ID and SHOTGRAPH_SITE_URL.',
        );
        return 1;
      }
      await memory.forget(account);
      const { login, personId } = remembered;
      await recordForgotten(config, { subject, login, ...(personId !== null && { personId }) });
      const id = personId === null ? '' : ` (HumanUser ${personId})`;
      terminal.print(`The account was mapped to ${login}${id}. It is mapped again at its next sign-in.`);
      return 0;
    } finally {
      await store.close().catch(() => undefined);
    }
  },
});

/** Records in the audit trail who allowed an account to map to another person. */
async function recordForgotten(
  { auditDestination: destination, oidc: { issuer } }: Config,
  who: { readonly subject: Subject; readonly login: string; readonly personId?: number },
): Promise<void> {
  const logger = createLogger({ level: 'error' });
  const audit = await createAudit({ destination, clock: systemClock, logger });
  audit.record({ action: 'account.forgotten', outcome: 'done', issuer, ...who });
  await audit.close();
}
