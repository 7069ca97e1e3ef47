import type { Dataset } from '../ports.ts';
import { expandFields, expandTypes } from './expand-schema.ts';
import { addPages } from './page-rows.ts';
import { addPeople } from './people.ts';
import { addProduction } from './production-rows.ts';
import { PRODUCTION_TYPES } from './production-types.ts';
import { addReview } from './review-rows.ts';
import { createDemoRows } from './rows.ts';
import { addSiteRows, addTemplateTasks } from './site-rows.ts';
import { STATUSES } from './statuses.ts';
import { STUDIO_TYPES } from './studio-types.ts';

export interface DemoOptions {
  readonly seed?: number;
  /** Where the menu items of the demo lead. */
  readonly bffUrl?: string;
}

const DEFAULT_SEED = 20_260_901;
const DEFAULT_BFF_URL = 'http://localhost:4000';

/** The demo studio: its schema and its rows, always the same for the same seed. */
export function demoDataset({ seed = DEFAULT_SEED, bffUrl = DEFAULT_BFF_URL }: DemoOptions = {}): Dataset {
  const types = { ...PRODUCTION_TYPES, ...STUDIO_TYPES };
  const statusNames = Object.fromEntries(STATUSES.map(([code, name]) => [code, name]));
  const rows = createDemoRows(seed);
  addSiteRows(rows, bffUrl);
  addPeople(rows);
  addProduction(rows);
  addReview(rows);
  addTemplateTasks(rows);
  addPages(rows, bffUrl);
  return { entityTypes: expandTypes(types), fields: expandFields(types, statusNames), rows: rows.tables };
}
