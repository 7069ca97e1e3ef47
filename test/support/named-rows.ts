import type { GraphqlDeps } from '../../src/graphql/graphql.ts';
import type { Connector, ConnectedRow } from '../../src/systems/connector.ts';
import { refusalBy } from '../../src/systems/system-errors.ts';

/** A system that names rows of ShotGrid at each place where one may stand. */
export interface NamingSystem {
  readonly deps: Pick<GraphqlDeps, 'parts' | 'systemsFor'>;
  /** What it answers, whatever it is asked. */
  answer: unknown;
  /** Rows that it was asked about, in order. */
  readonly asked: ConnectedRow[];
}

const FIELDS = `
  givenVersion: Version
  givenVersions: [Version!]
  givenLoose: [Version]
  givenDeep: [[Version!]!]
  givenAny: Entity
  givenAnys: [Entity!]
  givenThing: Thing
  givenThings: [Thing!]
  givenRecord: Record
`;

const typeDefs = `
  union Thing = Shot | Version | Job
  interface Record { mark: String }
  type Job { name: String givenAlways: [Version!]! ${FIELDS} }
  extend type Version implements Record { mark: String job: Job ${FIELDS} }
  extend type Project { mark: String }
  extend type HumanUser { mark: String }
  extend type Query { job: Job ${FIELDS} }
  extend type Mutation { touch: Job change: Version ${FIELDS} }
`;

const NAMES = [...FIELDS.matchAll(/(\w+):/gu)].map(([, name]) => String(name));

export function createNamingSystem(): NamingSystem {
  const asked: ConnectedRow[] = [];
  const given = async (): Promise<unknown> => system.answer;
  const job = async (): Promise<unknown> =>
    Object.fromEntries([
      ['name', 'a job'],
      ...['givenAlways', ...NAMES].map((name) => [name, system.answer]),
    ]);
  const ofRows =
    (value: (row: ConnectedRow) => unknown) =>
    async (rows: readonly ConnectedRow[]): Promise<readonly unknown[]> => {
      asked.push(...rows);
      return Promise.all(rows.map(value));
    };
  const mark = ofRows(({ type, id }) => `${type} ${id}, asked ${asked.length}`);
  const connector: Connector = {
    typeDefs,
    fields: {
      Version: {
        mark,
        job: ofRows(job),
        ...Object.fromEntries(NAMES.map((name) => [name, ofRows(given)])),
      },
      Project: { mark },
      HumanUser: { mark },
    },
    queries: { job, ...Object.fromEntries(NAMES.map((name) => [name, given])) },
    mutations: {
      ...{ touch: job, change: given },
      ...Object.fromEntries(NAMES.map((name) => [name, given])),
    },
  };
  const system: NamingSystem = {
    answer: null,
    asked,
    deps: {
      parts: { connectors: [{ name: 'names', connector }], remotes: [] },
      systemsFor:
        ({ person }) =>
        () => ({
          person: { subject: person.subject, login: person.login, email: null },
          system: { get: notAsked, send: notAsked },
          use: () => ({ get: notAsked, send: notAsked }),
          fail(refusal) {
            throw refusalBy('names', refusal);
          },
        }),
    },
  };
  return system;
}

const notAsked = (): Promise<never> => Promise.reject(new Error('This system is asked for nothing.'));
