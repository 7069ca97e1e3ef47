import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GraphQLError } from 'graphql';
import { AppError, ERROR_TABLE, type ErrorCode } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { createErrorRecords } from '../../../src/graphql/answer/error-records.ts';
import { createNodeIds } from '../../../src/graphql/fields/node-ids.ts';
import type { GraphqlContext } from '../../../src/graphql/request/context.ts';
import type { AuditEntry } from '../../../src/observe/audit-entry.ts';
import { ChangeLog } from '../../../src/query/calls/change-log.ts';
import { principalOf } from '../../support/ask-graphql.ts';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';
import { createTestUploads } from '../../support/test-uploads.ts';

const UPDATE = 'updateVersion(id: 900, input: { description: "new" })';
describe('refusals inside a mutation', () => {
  let world: GraphqlWorld;
  let trail: AuditEntry[];
  beforeEach(async () => {
    trail = [];
    world = await createGraphqlWorld({
      rows: bridgeRows(),
      deps: { audit: { record: (entry) => trail.push(entry) } },
    });
  });
  afterEach(() => world.close());

  const told = () => trail.map(({ action, outcome, code }) => [action, outcome, code]);

  it('of reads are recorded as such, beside the change that was made', async () => {
    world.site.before = ({ kind }) => {
      if (kind === 'search') throw new AppError('FORBIDDEN');
    };
    await world.ask(`mutation { ${UPDATE} { description } }`);
    expect(told()).toEqual([
      ['change', 'done', undefined],
      ['access', 'refused', 'FORBIDDEN'],
    ]);
  });

  it('of changes are recorded once, by the record of the change', async () => {
    world.site.before = ({ kind }) => {
      if (kind === 'update') throw new AppError('FORBIDDEN');
    };
    await world.ask(`mutation { ${UPDATE} { id } }`);
    expect(told()).toEqual([['change', 'refused', 'FORBIDDEN']]);
  });

  it('of reads are recorded beside refusals of changes in the same document', async () => {
    world.site.before = ({ kind, id }) => {
      if (kind === 'search' || id === 901) throw new AppError('FORBIDDEN');
    };
    await world.ask(`mutation { one: ${UPDATE} { code } two: ${UPDATE.replace('900', '901')} { code } }`);
    expect(told()).toEqual([
      ['change', 'done', undefined],
      ['change', 'refused', 'FORBIDDEN'],
      ['access', 'refused', 'FORBIDDEN'],
    ]);
  });

  it('of operations that change no record, such as cancelling an upload, are recorded', async () => {
    const uploads = createTestUploads('https://storage.example', createLogger({ level: 'silent' }));
    const refusing = await createGraphqlWorld({
      rows: bridgeRows(),
      deps: {
        audit: { record: (entry) => trail.push(entry) },
        uploads: { ...uploads, cancel: () => Promise.reject(new AppError('OWN_ACCOUNT_NEEDED')) },
      },
    });
    const { codes } = await refusing.ask('mutation { cancelUpload(upload: "one") }');
    await refusing.close();
    expect(codes).toEqual(['OWN_ACCOUNT_NEEDED']);
    expect(told()).toEqual([['access', 'refused', 'OWN_ACCOUNT_NEEDED']]);
  });
});

describe('the root field `node`', () => {
  const id = createNodeIds('https://studio.example').idOf({ type: 'Version', id: 900 });

  async function nodeUnder(reason: string) {
    const trail: AuditEntry[] = [];
    const counted: string[] = [];
    const world = await createGraphqlWorld({
      rows: bridgeRows(),
      deps: {
        audit: { record: (entry) => trail.push(entry) },
        onError: ({ code }) => counted.push(code),
      },
    });
    world.site.before = () => {
      throw new AppError('FORBIDDEN', { details: { reason } });
    };
    const { data, codes } = await world.ask(`{ node(id: "${id}") { nodeId ... on Version { code } } }`);
    await world.close();
    const logged = world.log.map((line) => JSON.parse(line) as { event: string; code?: string });
    return {
      ...{ data, codes, counted },
      trail: trail.map(({ action, outcome, code }) => [action, outcome, code]),
      logged: logged.filter(({ event }) => event === 'graphql.error').map(({ code }) => code),
    };
  }
  const recorded = {
    trail: [['access', 'refused', 'FORBIDDEN']],
    logged: ['FORBIDDEN'],
    counted: ['FORBIDDEN'],
  };

  it('shows no refusal of the read, but audit trail, log and metrics record it', async () => {
    expect(await nodeUnder('read')).toEqual({ data: { node: null }, codes: [], ...recorded });
  });

  it('shows every other refusal', async () => {
    expect(await nodeUnder('role')).toEqual({ data: { node: null }, codes: ['FORBIDDEN'], ...recorded });
  });
});

describe('an answer with more kinds of errors than the log accepts', () => {
  const errorAt = (error: AppError, path: string): GraphQLError =>
    new GraphQLError(error.message, { path: [path], originalError: error });
  /** Outages of many systems: a kind each. */
  const outages = Array.from({ length: 60 }, (_, number) =>
    errorAt(new AppError('SYSTEM_UNAVAILABLE', { details: { system: `system-${number}` } }), `s${number}`),
  );

  function record(errors: readonly GraphQLError[]) {
    const lines: { level: string; event: string; code?: string; count?: number }[] = [];
    const trail: AuditEntry[] = [];
    let gone = 0;
    const write = (line: string): void => void lines.push(JSON.parse(line) as (typeof lines)[number]);
    const records = createErrorRecords({
      logger: createLogger({ level: 'debug', write }),
      audit: { record: (entry) => trail.push(entry) },
    });
    const audit = {
      ...{ principal: principalOf('mira'), requestId: 'the-request', by: 'session' as const },
      ...{ launch: undefined, sessionUuid: undefined, operation: undefined, operationType: undefined },
      ...{ tool: undefined, listed: undefined, hasErrors: false },
    };
    const context: Pick<GraphqlContext, 'audit' | 'changes' | 'onPersonGone'> = {
      ...{ audit, changes: new ChangeLog() },
      onPersonGone: () => (gone += 1),
    };
    records(errors, context);
    return { lines, trail, gone };
  }

  it('ends the session of a person who no longer exists, and records it, wherever that error is', () => {
    const gone = errorAt(new AppError('USER_INACTIVE'), 'last');
    for (const at of [0, 20, 59]) {
      const errors = [...outages.slice(0, at), gone, gone, ...outages.slice(at)];
      const { trail, gone: ended } = record(errors);
      expect(ended).toBe(1);
      expect(trail.map(({ action, code }) => [action, code])).toEqual([['access', 'USER_INACTIVE']]);
    }
  });

  it('records each refusal', () => {
    const codes: readonly ErrorCode[] = ['FORBIDDEN', 'OWN_ACCOUNT_NEEDED', 'SHOTGUN_SUDO_REFUSED'];
    const { trail } = record([...outages, ...codes.map((code) => errorAt(new AppError(code), code))]);
    expect(trail.map(({ code }) => code)).toEqual(codes);
  });

  it('logs the highest levels first, and counts the kinds without a line', () => {
    const loud = errorAt(new AppError('INTERNAL'), 'last');
    const { lines } = record([...outages, loud]);
    const told = lines.filter(({ event }) => event === 'graphql.error');
    expect(told[0]).toMatchObject({ level: ERROR_TABLE.INTERNAL.logLevel, code: 'INTERNAL' });
    const left = lines.filter(({ event }) => event === 'graphql.errors_left_out');
    expect(left).toMatchObject([{ count: outages.length + 1 - told.length }]);
    expect(record(outages.slice(0, 3)).lines).toHaveLength(3);
  });
});
