import type { GraphqlDeps } from '../../src/graphql/graphql.ts';
import type { Connector, ConnectedRow } from '../../src/systems/connector.ts';

/** A system whose fields need more of their rows than type and id, and whose own types have resolvers. */
export interface DeclaringSystem {
  readonly deps: Pick<GraphqlDeps, 'parts' | 'systemsFor'>;
  /** The rows of each call, by field. */
  readonly calls: { readonly field: string; readonly rows: readonly object[] }[];
}

const typeDefs = `
  type Sheet { id: Int! hours: Float log(from: Int = 1): String next: Sheet versions: [Version!] }
  extend type Sheet { mark: String }
  extend type Version { told: String retold: String ofShot: String sheets: [Sheet!] ofSecret: String }
  extend type Shot { told: String }
  extend type Query { sheet: Sheet }
  extend type Mutation { newSheet: Sheet }
`;

/** What \`Version.told\` needs: plain values, single links, a link of several types, a list, and names. */
export const NEEDED = [
  ...['code', 'name', 'sgStatusList', 'entity.Shot.code', 'entity.Asset.name', 'sgTask.step.code'],
  ...['project.name', 'project.archived', 'playlists.code', 'user'],
];

/** The same as a selection. */
export const NEEDED_SELECTION = `code name sgStatusList
  entity { type id name ... on Shot { code } } sgTask { type id step { type id code } }
  project { type id name archived } playlists { type id code } user { type id }`;

export function createDeclaringSystem(): DeclaringSystem {
  const calls: { field: string; rows: readonly object[] }[] = [];
  const told =
    (field: string, say: (row: ConnectedRow) => unknown = (row) => JSON.stringify(row)) =>
    async (rows: readonly ConnectedRow[]): Promise<readonly unknown[]> => {
      calls.push({ field, rows });
      return rows.map(say);
    };
  const sheetsOf = ({ id }: ConnectedRow): readonly object[] => [
    { id, hours: id / 2, next: { id: id + 1000 }, versions: [{ id }, { id }] },
    { id: id + 500, hours: 0 },
  ];
  const connector: Connector = {
    typeDefs,
    fields: {
      Version: {
        told: { needs: NEEDED, resolve: told('Version.told') },
        retold: { needs: ['told', 'entity.Shot.told'], resolve: told('Version.retold') },
        ofShot: { needs: ['entity.Shot.told'], resolve: told('Version.ofShot') },
        ofSecret: { needs: ['code', 'entity.Shot.description'], resolve: told('Version.ofSecret') },
        sheets: told('Version.sheets', sheetsOf),
      },
      Shot: { told: { needs: ['code', 'sgSequence.code'], resolve: told('Shot.told') } },
      Sheet: {
        log: async (rows, { from }) =>
          told('Sheet.log', ({ id }) => `log of ${id} from ${String(from)}`)(rows),
        mark: told('Sheet.mark', (row) => JSON.stringify(row)),
      },
    },
    queries: { sheet: async () => ({ id: 1, hours: 7, versions: [{ id: 2 }] }) },
    mutations: { newSheet: async () => ({ id: 3 }) },
  };
  return {
    calls,
    deps: {
      parts: { connectors: [{ name: 'sheets', connector }], remotes: [] },
      systemsFor:
        ({ person }) =>
        () => ({
          person: { subject: person.subject, login: person.login, email: null },
          system: { get: notAsked, send: notAsked },
          use: () => ({ get: notAsked, send: notAsked }),
          fail: () => {
            throw new Error('This system refuses nothing.');
          },
        }),
    },
  };
}

const notAsked = (): Promise<never> => Promise.reject(new Error('This system is asked for nothing.'));
