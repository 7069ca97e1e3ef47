import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseAmiPayload } from '../../../src/launch/ami-payload.ts';
import { amiOf } from '../../support/ami.ts';

const LIMITS = { maxIds: 5, siteHosts: ['studio.example.com'] };
const BASE = {
  user_id: ['34'],
  user_login: ['joe'],
  entity_type: ['Version'],
  selected_ids: ['931'],
  ids: ['931,900'],
};

const payloadOf = (fields: Readonly<Record<string, readonly string[]>>) =>
  parseAmiPayload(new Map(Object.entries({ ...BASE, ...fields })), amiOf(), LIMITS);

describe('the rows of a launch', () => {
  it('a page with more rows than are kept opens with the selection, and states how many ids were left out', () => {
    const ids = Array.from({ length: 60_000 }, (_, index) => index + 1);
    expect(payloadOf({ ids: [ids.join(',')], selected_ids: ['59999'] })).toMatchObject({
      selectedIds: [59_999],
      ids: [1, 2, 3, 4, 5],
      idsLeftOut: 59_995,
    });
    expect(payloadOf({ ids: ['1,2,3,4,5'] })).not.toHaveProperty('idsLeftOut');
  });

  it('any list of ids is read in its order, whatever blanks are around the commas', () => {
    const blank = fc.constantFrom('', ' ', '  ');
    const entry = fc.tuple(blank, fc.integer({ min: 1, max: 2_147_483_647 }), blank);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
        const text = entries.map(([before, id, after]) => `${before}${id}${after}`).join(',');
        expect(payloadOf({ selected_ids: [text] }).selectedIds).toEqual(entries.map(([, id]) => id));
      }),
    );
  });
});

describe('the columns of a launch', () => {
  it('have no labels if a comma within a label makes the two lists disagree', () => {
    const { columns, columnDisplayNames } = payloadOf({
      cols: ['code,sg_cut_in,entity'],
      column_display_names: ['Name,Cut, in,Link'],
    });
    expect([columns, columnDisplayNames]).toEqual([['code', 'sg_cut_in', 'entity'], []]);
  });

  it('keep a comma within a label if the field is repeated', () => {
    const { columns, columnDisplayNames } = payloadOf({
      cols: ['code', 'sg_cut_in'],
      column_display_names: ['Name', 'Cut, in'],
    });
    expect([columns, columnDisplayNames]).toEqual([
      ['code', 'sg_cut_in'],
      ['Name', 'Cut, in'],
    ]);
  });

  it('state which one was clicked on a detail page', () => {
    expect(payloadOf({ target_column: ['sg_versions'] }).targetColumn).toBe('sg_versions');
    expect(payloadOf({}).targetColumn).toBeNull();
  });
});

describe('the sorting and grouping of a launch', () => {
  it('has every key if the lists agree', () => {
    expect(
      payloadOf({
        sort_column: ['code'],
        sort_direction: ['desc'],
        sort_columns: ['code,id'],
        sort_directions: ['desc,asc'],
        grouping_columns: ['entity,user'],
        grouping_methods: ['entitytype,'],
        grouping_directions: ['asc,desc'],
      }),
    ).toMatchObject({
      sort: [
        { column: 'code', direction: 'desc' },
        { column: 'id', direction: 'asc' },
      ],
      grouping: [
        { column: 'entity', method: 'entitytype', direction: 'asc' },
        { column: 'user', method: null, direction: 'desc' },
      ],
    });
  });

  it('is the first key if the lists of several keys disagree', () => {
    const first = { sort_column: ['code'], sort_direction: ['desc'] };
    const { sort } = payloadOf({ ...first, sort_columns: ['code,id,user'], sort_directions: ['desc,asc'] });
    expect(sort).toEqual([{ column: 'code', direction: 'desc' }]);
    expect(payloadOf({ sort_columns: ['code,id'], sort_directions: ['desc'] }).sort).toEqual([]);
  });

  it('is ascending if no direction is sent', () => {
    expect(payloadOf({ sort_column: ['code'] }).sort).toEqual([{ column: 'code', direction: 'asc' }]);
  });
});
