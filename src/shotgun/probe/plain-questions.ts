import { isSuccess, MS_PER_SECOND } from '../../base/units.ts';
import { isRecordRef } from '../port/records.ts';
import { isRecord } from '../wire/http-call.ts';
import { allOf } from '../port/requests.ts';
import { CannotAsk, firstOf, rowsOf } from './answers.ts';
import { question } from './question.ts';

/** A link behind a link that most sites have: type, link, its type, link, its type. */
const CHAINS = [
  ['Version', 'sg_task', 'Task', 'project', 'Project'],
  ['Task', 'entity', 'Shot', 'sg_sequence', 'Sequence'],
  ['Version', 'entity', 'Shot', 'project', 'Project'],
] as const;

/** Types that most sites have rows of. */
const TYPES = ['Version', 'Shot', 'Task', 'Asset', 'Project'] as const;

const NO_CHAIN = 'No row was found with a link behind a link.';

/** Questions about what reads answer: calls that a person could make, and none that is meant to be refused. */
export const PLAIN_QUESTIONS = [
  question({
    fact: 'auth.userMethod',
    level: 'plain',
    calls: 'GET /api/v1',
    async ask({ door }) {
      const { body } = await door.about();
      const data = isRecord(body) && isRecord(body['data']) ? body['data'] : {};
      const method = data['user_authentication_method'];
      if (method === 'default' || method === 'oxygen') return method;
      throw new CannotAsk('The site does not say how people sign in.');
    },
  }),
  question({
    fact: 'connection.keepAliveSeconds',
    level: 'plain',
    calls: 'GET /api/v1, and the header Keep-Alive of its answer',
    async ask({ door }) {
      const header = String((await door.about()).headers['keep-alive'] ?? '');
      const seconds = /timeout=(?<seconds>\d+)/u.exec(header)?.groups?.['seconds'];
      if (seconds === undefined) throw new CannotAsk('The site sends no header Keep-Alive.');
      return Number(seconds);
    },
  }),
  question({
    fact: 'auth.refreshLifetimeSeconds',
    level: 'plain',
    calls: 'a token of the script, and the claim exp of its refresh token',
    async ask({ door }) {
      const { refreshToken } = await door.grant();
      const { iat, exp } = claimsIn(refreshToken ?? '');
      if (exp === undefined) throw new CannotAsk('The refresh token does not say when it ends.');
      return Math.max(0, Math.round(exp - (iat ?? Date.now() / MS_PER_SECOND)));
    },
  }),
  question({
    fact: 'read.dottedLinkLeaf',
    level: 'plain',
    calls: 'up to three searches for one row',
    ask: ({ door }) =>
      firstOf(
        CHAINS,
        async ([type, link, middle, leaf, end]) => {
          const path = `${link}.${middle}.${leaf}`;
          const filter = allOf([`${path}.${end}.id`, 'greater_than', 0]);
          const answer = await door.script.search(type, { filter, fields: [path], size: 1 });
          const [row] = rowsOf(answer);
          if (row === undefined) return undefined;
          return isRecordRef(row.fields[path]) ? ('link' as const) : ('absent' as const);
        },
        NO_CHAIN,
      ),
  }),
  question({
    fact: 'read.dottedLinkFilter',
    level: 'plain',
    calls: 'up to three searches for one row, and one by a link behind its link',
    ask: ({ door }) =>
      firstOf(
        CHAINS,
        async ([type, link, middle, leaf, end]) => {
          const path = `${link}.${middle}.${leaf}`;
          const idPath = `${path}.${end}.id`;
          const filter = allOf([idPath, 'greater_than', 0]);
          const [row] = rowsOf(await door.script.search(type, { filter, fields: [idPath], size: 1 }));
          const id = row?.fields[idPath];
          if (typeof id !== 'number') return undefined;
          const byLink = allOf([path, 'is', { type: end, id }]);
          const answer = await door.script.search(type, { filter: byLink, fields: ['id'], size: 1 });
          return isSuccess(answer.status) && rowsOf(answer).length > 0 ? 'evaluated' : 'refused';
        },
        NO_CHAIN,
      ),
  }),
  question({
    fact: 'read.searchFieldsOmitted',
    level: 'plain',
    calls: 'up to five searches for one row without fields',
    ask: ({ door }) =>
      firstOf(
        TYPES,
        async (type) => {
          const [row] = rowsOf(await door.script.search(type, { size: 1 }));
          if (row === undefined) return undefined;
          return Object.keys(row.fields).length > 0 ? ('whole' as const) : ('none' as const);
        },
        'No row was found.',
      ),
  }),
  question({
    fact: 'read.includeArchivedByDefault',
    level: 'plain',
    calls: 'a search for archived projects, and up to six for one row of them',
    async ask({ door: { script } }) {
      const archived = allOf(['archived', 'is', true]);
      const projects = rowsOf(await script.search('Project', { filter: archived, fields: ['id'], size: 20 }));
      const links = projects.map(({ id }) => ({ type: 'Project', id }));
      if (links.length === 0) throw new CannotAsk('The site has no archived project.');
      const one = { filter: allOf(['project', 'in', links]), fields: ['id'], size: 1 };
      return firstOf(
        ['Shot', 'Version', 'Task'],
        async (type) => {
          if (rowsOf(await script.search(type, one)).length === 0) return undefined;
          return rowsOf(await script.search(type, { ...one, options: null })).length > 0;
        },
        'No row of an archived project was found.',
      );
    },
  }),
];

function claimsIn(token: string): { readonly iat?: number; readonly exp?: number } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { iat, exp } = isRecord(claims) ? claims : {};
    return { ...(typeof iat === 'number' && { iat }), ...(typeof exp === 'number' && { exp }) };
  } catch {
    return {};
  }
}
