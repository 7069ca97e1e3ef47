import { HTTP_STATUS, isSuccess, MS_PER_SECOND } from '../../base/units.ts';
import { LEAST, MOST } from '../../site/facts/fact.ts';
import { isTooMuch, retryAfterMs } from '../wire/retry-after.ts';
import { type ProbeDoor, SiteHasEnough } from '../script/probe-door.ts';
import { allOf, type FilterCondition } from '../port/requests.ts';
import { CannotAsk } from './answers.ts';
import { question } from './question.ts';

/** Twice what a server makes at once. */
const BURSTS = [4, 8, 16, 32] as const;
/** About half a minute at a real site, two calls at a time. */
const CALLS_IN_A_MINUTE = 150;

/** Costs the site next to nothing: no row has this id. */
const NOTHING = { filter: allOf(['id', 'is', -1]), fields: ['id'], size: 1 };

/**
 * Questions about caps, and with calls that the site may refuse or fail at. The last ones strain it, so nothing is
 * asked after them.
 */
export const LOAD_QUESTIONS = [
  question({
    fact: 'read.maxPageSize',
    level: 'load',
    calls: 'up to fourteen searches for no row, with pages of up to 5000',
    async ask({ door }) {
      return largest((size) => accepts(door, { ...NOTHING, size }));
    },
  }),
  question({
    fact: 'read.maxIds',
    level: 'load',
    calls: 'up to fourteen searches for one row by up to 5000 ids',
    ask: ({ door }) => mostIn(door, 'id', upTo(MOST)),
  }),
  question({
    fact: 'read.maxLinks',
    level: 'load',
    calls: 'up to fourteen searches for one row by up to 5000 links',
    ask: ({ door }) =>
      mostIn(
        door,
        'project',
        upTo(MOST).map((id) => ({ type: 'Project', id })),
      ),
  }),
  question({
    fact: 'read.nullCharacter',
    level: 'load',
    calls: 'a search by a text with U+0000',
    async ask({ door }) {
      const filter = allOf(['code', 'is', 'probe\0']);
      const { status } = await door.script.search('Shot', { ...NOTHING, filter });
      if (isSuccess(status)) return 'nothing';
      return status < HTTP_STATUS.INTERNAL_SERVER_ERROR ? 'refused' : 'failed';
    },
  }),
  question({
    fact: 'connection.callsAtOnce',
    level: 'load',
    calls: '4, 8, 16 and 32 searches at once, until one is refused',
    async ask({ door }) {
      for (const size of BURSTS) {
        const crowd = door.another(size);
        try {
          // Connections and the token are there before the calls begin.
          await crowd.script.search('Shot', NOTHING);
          const answers = await Promise.all(
            Array.from({ length: size }, () => crowd.script.search('Shot', NOTHING)),
          );
          if (!answers.some(isTooMuch)) continue;
          return atLeastOne(answers.filter(({ status }) => isSuccess(status)).length);
        } finally {
          door.note(crowd);
          await crowd.close();
        }
      }
      return 0;
    },
  }),
  question({
    fact: 'read.requestsPerMinute',
    level: 'load',
    calls: 'up to 150 searches, two at a time, until one is refused',
    async ask({ door }) {
      const counted = door.another(2);
      let answered = 0;
      const work = async (): Promise<void> => {
        while (counted.sent < CALLS_IN_A_MINUTE && counted.refusal === undefined) {
          const answer = await counted.script.search('Shot', NOTHING);
          if (isSuccess(answer.status)) answered += 1;
        }
      };
      try {
        const ended = await Promise.allSettled([work(), work()]);
        for (const end of ended)
          if (end.status === 'rejected' && !(end.reason instanceof SiteHasEnough)) throw end.reason;
        return counted.refusal === undefined ? 0 : atLeastOne(answered);
      } finally {
        door.note(counted);
        await counted.close();
      }
    },
  }),
  question({
    fact: 'read.retryAfterSeconds',
    level: 'load',
    calls: 'none: the header Retry-After of the first refusal',
    async ask({ door: { refusal } }) {
      if (refusal === undefined) throw new CannotAsk('The site never asked for fewer calls.');
      return Math.ceil((retryAfterMs(refusal.headers, Date.now()) ?? 0) / MS_PER_SECOND);
    },
  }),
];

type Search = Parameters<ProbeDoor['script']['search']>[1];

async function accepts(door: ProbeDoor, search: Search): Promise<boolean> {
  const answer = await door.script.search('Shot', search);
  if (isTooMuch(answer)) throw new SiteHasEnough();
  return isSuccess(answer.status);
}

/** The largest number that is accepted, found by halves. @throws CannotAsk if not even the least is */
async function largest(isAccepted: (count: number) => Promise<boolean>): Promise<number> {
  if (await isAccepted(MOST)) return MOST;
  if (!(await isAccepted(LEAST)))
    throw new CannotAsk('The site refused the smallest of these searches as well.');
  let [low, high] = [LEAST, MOST];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isAccepted(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The most values in one filter; 0 if all were taken. @throws CannotAsk if not even the least is */
async function mostIn(door: ProbeDoor, field: string, values: FilterCondition[2][]): Promise<number> {
  const most = await largest((count) =>
    accepts(door, { ...NOTHING, filter: allOf([field, 'in', values.slice(0, count)]) }),
  );
  return most === MOST ? 0 : most;
}

/** 0 stands for no limit. @throws CannotAsk if nothing was answered: then another limit was met already */
function atLeastOne(answered: number): number {
  if (answered === 0) throw new CannotAsk('The site refused every one of these calls.');
  return answered;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
