import type { z } from 'zod';
import { GRAPHQL_SETTINGS } from './graphql-settings.ts';
import { IDENTITY_SETTINGS } from './identity-settings.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import type { Setting } from './setting-types.ts';

/** Every setting, by the name of its environment variable. The order is that of the docs. */
export const SETTINGS = {
  ...SERVER_SETTINGS,
  ...IDENTITY_SETTINGS,
  ...GRAPHQL_SETTINGS,
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
export type SettingValues = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> };
