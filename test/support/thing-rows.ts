import fc from 'fast-check';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import { wireField } from './small-site-schema.ts';

/** A type of the site that has a field of each data type that can be filtered. */
export const THING = 'CustomEntity09';
export const STATUSES = ['wtg', 'ip', 'fin'];
export const WORDS = ['harbour', 'Harbour night', 'STORM', 'storm 2', 'größe', 'a'];

const SHOTS = [1, 2, 3, 17].map((id) => ({ type: 'Shot', id }));
const ASSETS = [1, 2].map((id) => ({ type: 'Asset', id }));
export const LINKS = [...SHOTS, ...ASSETS];

const FIELDS = {
  code: wireField('text'),
  project: wireField('entity', { valid_types: ['Project'] }),
  a_text: wireField('text'),
  a_number: wireField('number'),
  a_float: wireField('float'),
  a_percent: wireField('percent'),
  a_duration: wireField('duration'),
  a_timecode: wireField('timecode'),
  a_checkbox: wireField('checkbox'),
  a_list: wireField('list', { valid_values: ['Low', 'High'] }),
  a_status: wireField('status_list', { valid_values: STATUSES }),
  a_date: wireField('date'),
  a_time: wireField('date_time'),
  a_color: wireField('color'),
  a_type: wireField('entity_type'),
  a_uuid: wireField('uuid'),
  a_json: wireField('jsonb'),
  a_image: wireField('image'),
  a_link: wireField('entity', { valid_types: ['Shot', 'Asset'] }),
  some_links: wireField('multi_entity', { valid_types: ['Shot', 'Asset'] }),
};

/** Days around the one that the site believes it is. */
export const NOW_MS = Date.parse('2026-07-15T09:30:00Z');
const DAY_MS = 86_400_000;

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 4 });
const instant = fc
  .tuple(fc.integer({ min: -420, max: 420 }), fc.integer({ min: 0, max: DAY_MS / 1000 - 1 }))
  .map(([days, seconds]) => new Date(Math.floor(NOW_MS / DAY_MS + days) * DAY_MS + seconds * 1000));
export const isoInstant = instant.map((date) => date.toISOString().replace('.000', ''));
export const isoDate = instant.map((date) => date.toISOString().slice(0, 10));
export const smallNumber = fc.integer({ min: -5, max: 5 });
export const smallFloat = fc.integer({ min: -20, max: 20 }).map((quarters) => quarters / 4);
export const uuid = fc
  .integer({ min: 0, max: 4 })
  .map((index) => `6e3c9c6e-0000-4000-8000-00000000aaa${index}`);
export const color = fc.constantFrom('0,0,0', '255,94,99');
export const json = fc.constantFrom<Record<string, unknown>>(
  { unit: 'DAY' },
  { unit: 'DAY', count: 3 },
  { at: { frame: 1001 } },
);

const row = fc.record({
  a_text: maybe(fc.constantFrom(...WORDS)),
  a_number: maybe(smallNumber),
  a_float: maybe(smallFloat.map((value) => value.toFixed(2))),
  a_percent: maybe(smallNumber),
  a_duration: maybe(smallNumber),
  a_timecode: maybe(smallNumber),
  a_checkbox: fc.boolean(),
  a_list: maybe(fc.constantFrom('Low', 'High')),
  a_status: maybe(fc.constantFrom(...STATUSES)),
  a_date: maybe(isoDate),
  a_time: maybe(isoInstant),
  a_color: maybe(color),
  a_type: maybe(fc.constantFrom('Shot', 'Asset')),
  a_uuid: maybe(uuid),
  a_json: maybe(json),
  a_image: maybe(fc.constant('thumbnails/Version/4.png')),
  a_link: maybe(fc.constantFrom(...LINKS)),
  some_links: fc.uniqueArray(fc.constantFrom(...LINKS), { maxLength: 3 }),
});

/** The demo's site with the type and so many rows of it in a project of Mira's. The same rows each time. */
export function datasetWithThings(count: number): Dataset {
  const demo = demoDataset();
  const { data: types } = demo.entityTypes as { data: Record<string, unknown> };
  const things = fc.sample(row, { numRuns: count, seed: 7 }).map((values, index) => ({
    id: index + 1,
    code: `thing ${index}`,
    project: { type: 'Project', id: 1 },
    ...values,
  }));
  return {
    entityTypes: { data: { ...types, [THING]: { name: { value: 'Thing' }, visible: { value: true } } } },
    fields: { ...(demo.fields as object), [THING]: { data: FIELDS } },
    rows: { ...demo.rows, [THING]: things },
  };
}
