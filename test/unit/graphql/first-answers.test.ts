import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AskedOperation,
  type Asker,
  type FirstAnswer,
  FirstAnswers,
  type FirstOutcome,
} from '../../../src/graphql/execution/first-answers.ts';
import { principalOf } from '../../support/ask-graphql.ts';

const PRINCIPAL = principalOf('mira', 34);
const MIRA: Asker = { session: 's1', launchId: 'l1', principal: PRINCIPAL };
const TEXT = 'query Room($id: ID!) { launch(id: $id) { ...Ami } } fragment Ami on Launch { ami }';
const ROOM: AskedOperation = {
  document: parse(TEXT),
  operationName: 'Room',
  variables: { id: 'l1', filter: { code: { is: 'x' }, and: [{ a: 1, b: 2 }] } },
};
const ANSWER: FirstAnswer = { data: { launch: { ami: 'review' } }, calls: [], principal: PRINCIPAL };

let outcomes: FirstOutcome[];
let firsts: FirstAnswers;
let ended: AbortSignal | undefined;
let leaving: AbortController;
/** The marks of people, as all processes see them. */
let marks: Map<number, string>;
let areMarksAway: boolean;
const changes = {
  note: async (personId: number) => void marks.set(personId, `change ${marks.size}`),
  async of(personId: number) {
    if (areMarksAway) throw new Error('The store is away.');
    return marks.get(personId);
  },
};
beforeEach(() => {
  vi.useFakeTimers();
  outcomes = [];
  [marks, areMarksAway] = [new Map(), false];
  firsts = new FirstAnswers(changes);
  leaving = new AbortController();
});
afterEach(async () => {
  await firsts.close();
  vi.useRealTimers();
});

function begin(asker: Asker = MIRA, answer: Promise<FirstAnswer | undefined> = Promise.resolve(ANSWER)) {
  const { session, launchId, principal } = asker;
  firsts.begin({ session, launchId, personId: principal.person.id }, ROOM, {
    run(signal) {
      ended = signal;
      return answer;
    },
    onOutcome: (outcome) => outcomes.push(outcome),
  });
}
const take = (asker: Partial<Asker> = {}, asked: Partial<AskedOperation> = {}) =>
  firsts.take({ ...MIRA, ...asker }, { ...ROOM, ...asked }, leaving.signal);
const answerOfRows = (rows: number): FirstAnswer => ({
  ...ANSWER,
  calls: [{ kind: 'search', type: 'Version', rows, wave: 1, startedMs: 0, endedMs: 1, failed: false }],
});

describe('an answer that was begun before it was asked', () => {
  it('is given to the equal request, once', async () => {
    begin();
    const { filter, id } = ROOM.variables as { filter: { and: unknown; code: unknown }; id: string };
    const turned = { filter: { and: filter.and, code: filter.code }, id };
    expect(await take({}, { variables: turned })).toBe(ANSWER);
    expect(take()).toBeUndefined();
    expect(outcomes).toEqual(['begun', 'taken']);
    expect(ended?.aborted).toBe(false);
  });

  it('is given to a document in other white space and with its definitions in another order', async () => {
    begin();
    const [one = '', other = ''] = TEXT.split(' fragment ');
    const document = parse(`# the room\nfragment ${other.replaceAll(' ', '\n')}\n${one}`);
    expect(await take({}, { document })).toBe(ANSWER);
  });

  it.each<[string, Partial<Asker>, Partial<AskedOperation>]>([
    ['another session', { session: 's2' }, {}],
    ['another launch', { launchId: 'l2' }, {}],
    ['another document', {}, { document: parse(TEXT.replace('{ ami }', '{ id }')) }],
    ['another operation', {}, { operationName: 'Other' }],
    ['other variables', {}, { variables: { id: 'l1' } }],
    ['a list in place of an object', {}, { variables: { ...ROOM.variables, filter: [['code', 'x']] } }],
    ['another value', {}, { variables: { ...ROOM.variables, id: 'l2' } }],
  ])('is not given to %s, and waits for its own', async (_, asker, asked) => {
    begin();
    expect(take(asker, asked)).toBeUndefined();
    expect(await take()).toBe(ANSWER);
  });

  it.each<[string, Partial<Asker['principal']>]>([
    ['another person', principalOf('joao', 35)],
    ['another account', { subject: principalOf('mira2').subject }],
    ['another login', { login: principalOf('mira2').login }],
    ['another role', { permissionRole: 'Manager' }],
    ['another way to act', { acting: { way: 'own', account: 'a' } }],
  ])('is shown to nobody with %s, and not kept', async (_, change) => {
    begin();
    expect(await take({ principal: { ...PRINCIPAL, ...change } })).toBeUndefined();
    expect(take()).toBeUndefined();
    expect(outcomes).toEqual(['begun', 'unasked']);
  });

  it('is gone after some seconds, its work is ended, and it is counted', async () => {
    begin();
    await vi.advanceTimersByTimeAsync(19_999);
    expect(ended?.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect([ended?.aborted, outcomes]).toEqual([true, ['begun', 'unasked']]);
    expect(take()).toBeUndefined();
  });

  it('is dropped with its session, and no other is', async () => {
    begin();
    begin({ ...MIRA, session: 's11' });
    firsts.forgetSession('s1');
    expect(take()).toBeUndefined();
    expect(await take({ session: 's11' })).toBe(ANSWER);
    expect(outcomes).toEqual(['begun', 'begun', 'dropped', 'taken']);
  });

  it('is dropped where its person changes something in any session, and nobody else is', async () => {
    const joao = { ...MIRA, session: 's3', principal: principalOf('joao', 35) };
    const his = { ...ANSWER, principal: joao.principal };
    begin();
    begin({ ...MIRA, session: 's2' });
    begin(joao, Promise.resolve(his));
    await firsts.forgetPerson(34);
    expect([take(), take({ session: 's2' })]).toEqual([undefined, undefined]);
    expect(await take(joao)).toBe(his);
  });

  it('is not given where its person has changed something at another process since, nor where that cannot be known', async () => {
    begin();
    begin({ ...MIRA, session: 's2' });
    await vi.advanceTimersByTimeAsync(0);
    await changes.note(34);
    expect(await take()).toBeUndefined();
    areMarksAway = true;
    expect(await take({ session: 's2' })).toBeUndefined();
    expect(outcomes).toEqual(['begun', 'begun', 'dropped', 'dropped']);
    areMarksAway = false;
    begin();
    expect(await take()).toBe(ANSWER);
  });

  it.each([
    ['without an answer', () => Promise.resolve(undefined)],
    ['by a fault', () => Promise.reject(new Error('a fault'))],
  ])('that failed %s is asked anew, and counted once', async (_, failed) => {
    begin(MIRA, failed());
    expect(await take()).toBeUndefined();
    begin(MIRA, failed());
    await vi.advanceTimersByTimeAsync(0);
    expect(take()).toBeUndefined();
    expect(outcomes).toEqual(['begun', 'failed', 'begun', 'failed']);
  });

  it('ends its work where the page leaves while it waits', async () => {
    begin(MIRA, new Promise<undefined>(() => undefined));
    await vi.advanceTimersByTimeAsync(0);
    const taken = take();
    leaving.abort();
    expect(await taken).toBeUndefined();
    expect([ended?.aborted, outcomes]).toEqual([true, ['begun', 'unasked']]);
  });

  it('gives way to that of a later claim of its launch', async () => {
    begin();
    await vi.advanceTimersByTimeAsync(0);
    const first = ended;
    const later = { ...ANSWER, data: { launch: null } };
    begin(MIRA, Promise.resolve(later));
    expect([first?.aborted, outcomes]).toEqual([true, ['begun', 'unasked', 'begun']]);
    expect(await take()).toBe(later);
  });

  it('is not begun beyond a number for each person, and one for all', () => {
    for (let number = 0; number < 11; number += 1) begin({ ...MIRA, session: `s${number}` });
    expect(outcomes.filter((outcome) => outcome === 'left_out')).toHaveLength(1);
    expect(take({ session: 's10' })).toBeUndefined();
    for (let person = 100; person < 400; person += 1)
      begin({ ...MIRA, principal: principalOf('joao', person), session: `p${person}` });
    expect(outcomes.filter((outcome) => outcome === 'begun')).toHaveLength(300);
    expect(outcomes.filter((outcome) => outcome === 'left_out')).toHaveLength(11);
  });

  it('is not kept beyond a number of rows of its person, and one of all people', async () => {
    const held: Asker[] = [];
    const hold = async (person: number, launchId: string, rows: number) => {
      const principal = principalOf('mira', person);
      held.push({ ...MIRA, launchId, principal });
      begin(held.at(-1), Promise.resolve({ ...answerOfRows(rows), principal }));
      await vi.advanceTimersByTimeAsync(0);
    };
    await hold(34, 'l1', 9_999);
    await hold(34, 'l2', 2);
    for (const person of [35, 36, 37, 38]) await hold(person, `l${person}`, 10_000);
    await hold(39, 'l39', 2);
    await hold(40, 'l40', 1);
    const found = await Promise.all(held.map(async (asker) => take(asker)));
    expect(found.map((answer) => answer?.calls[0]?.rows)).toEqual([
      ...[9_999, undefined, 10_000, 10_000, 10_000, 10_000, undefined, 1],
    ]);
  });

  it('is not begun by a server that stops', async () => {
    begin();
    await firsts.close();
    begin();
    expect(outcomes).toEqual(['begun', 'dropped', 'left_out']);
  });
});
