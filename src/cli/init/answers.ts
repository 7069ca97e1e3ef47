/** One answer that `init` needs: by option, by variable, from the standard input, or at a prompt. */
export interface AnswerRow {
  /** How it is asked, and named where it is missing. */
  readonly asks: string;
  readonly variable: string;
  /** Secrets have none: options are in the list of processes and in the history of the shell. */
  readonly option?: string;
  readonly byDefault?: (known: Readonly<Record<string, string | undefined>>) => string;
}

/** In the order in which they are asked. */
export const ANSWERS = {
  site: { asks: 'Address of the ShotGrid site', variable: 'SHOTGRAPH_SITE_URL', option: 'site' },
  script: {
    asks: 'Name of the API script',
    variable: 'SHOTGRAPH_SITE_SCRIPT_NAME',
    option: 'script',
    byDefault: () => 'shotgraph',
  },
  scriptKey: { asks: 'Key of the script (is not shown)', variable: 'SHOTGRAPH_SITE_SCRIPT_KEY' },
  issuer: { asks: 'Issuer of the identity provider', variable: 'SHOTGRAPH_OIDC_ISSUER', option: 'issuer' },
  publicUrl: {
    asks: 'Address at which browsers reach this server',
    variable: 'SHOTGRAPH_PUBLIC_URL',
    option: 'public-url',
    byDefault: () => 'http://localhost:4000',
  },
  client: {
    asks: 'Client id at the provider',
    variable: 'SHOTGRAPH_OIDC_CLIENT_ID',
    option: 'client',
    byDefault: () => 'shotgraph',
  },
  clientSecret: { asks: 'Client secret (is not shown)', variable: 'SHOTGRAPH_OIDC_CLIENT_SECRET' },
  item: {
    asks: 'Name of the first menu item, for addresses',
    variable: 'SHOTGRAPH_INIT_ITEM',
    option: 'item',
    byDefault: () => 'review',
  },
  title: {
    asks: 'Its title in the menu of ShotGrid',
    variable: 'SHOTGRAPH_INIT_TITLE',
    option: 'title',
    byDefault: ({ item = '' }) => `${item.slice(0, 1).toUpperCase()}${item.slice(1)} in Shotgraph`,
  },
  type: {
    asks: 'Entity type of the rows that it is for',
    variable: 'SHOTGRAPH_INIT_TYPE',
    option: 'type',
    byDefault: () => 'Version',
  },
  opens: {
    asks: 'What it opens: a path here, or the address of a front end elsewhere',
    variable: 'SHOTGRAPH_INIT_OPENS',
    option: 'opens',
    byDefault: ({ item = '' }) => `/apps/${item}/`,
  },
  frontEnd: {
    asks: 'How the front end is written',
    variable: 'SHOTGRAPH_INIT_FRONT_END',
    option: 'front-end',
    byDefault: () => 'plain',
  },
} as const satisfies Readonly<Record<string, AnswerRow>>;

export type AnswerName = keyof typeof ANSWERS;
export type Answers = Readonly<Record<AnswerName, string>>;

export const SECRETS = ['scriptKey', 'clientSecret'] as const satisfies readonly AnswerName[];
export const isSecret = (name: AnswerName): boolean => SECRETS.some((secret) => secret === name);

/** The studio in a box at its usual addresses. */
export const DEMO: Partial<Answers> = {
  site: 'http://127.0.0.1:4010',
  script: 'shotgraph',
  scriptKey: 'demo-script-key',
  issuer: 'http://localhost:4020',
  publicUrl: 'http://localhost:4000',
  client: 'shotgraph',
  clientSecret: 'demo-client-secret',
  item: 'review',
  title: 'Review in Shotgraph',
  type: 'Version',
};
/** Of the menu item that the site in the box has already. */
export const DEMO_AMI_SECRET = 'demo-ami-secret';

/** How a missing answer can be given. */
export function waysToGive(name: AnswerName): string {
  const row: AnswerRow = ANSWERS[name];
  const others = isSecret(name)
    ? `${row.variable}, ${row.variable}_FILE, or the standard input`
    : row.variable;
  return `${row.asks}: ${row.option === undefined ? '' : `--${row.option}, or `}${others}`;
}
