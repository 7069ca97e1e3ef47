import type { z } from 'zod';
import { GRAPHQL_SETTINGS } from './graphql-settings.ts';
import { PLAN_SETTINGS } from './plan-settings.ts';
import { IDENTITY_SETTINGS } from './identity-settings.ts';
import { SERVER_SETTINGS, SITE_SETTINGS } from './server-settings.ts';
import type { Setting } from './setting-types.ts';
import { UPLOAD_SETTINGS } from './upload-settings.ts';

/** Every setting, by the name of its environment variable. The order is that of the docs. */
export const SETTINGS = {
  ...SERVER_SETTINGS,
  ...SITE_SETTINGS,
  ...IDENTITY_SETTINGS,
  ...GRAPHQL_SETTINGS,
  ...PLAN_SETTINGS,
  ...UPLOAD_SETTINGS,
} as const satisfies Record<string, Setting>;

/** Settings of earlier versions. The sentence instructs the operator who updates the server. */
export const REMOVED_SETTINGS: ReadonlyMap<string, string> = new Map([
  [
    'SHOTGRAPH_GRAPHQL_COMPILED',
    ' It was removed: documents are never compiled any more. Delete it from the environment; nothing replaces it.',
  ],
]);

/** The parsed values of a table of settings. */
export type ValuesOf<T extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof T]: z.output<T[Name]['schema']>;
};
export type SettingValues = ValuesOf<typeof SETTINGS>;
