import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { compileFilter } from '../../../src/query/input/filters.ts';
import { LinkDoubts } from '../../../src/query/input/links.ts';
import type { FieldInfo } from '../../../src/query/ports/ports.ts';
import type { FilterCondition, FilterGroup } from '../../../src/shotgun/port/requests.ts';
import { exposeSchema } from '../../../src/site/expose.ts';
import { parseExposure } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { demoDataset } from '../../../studio/site/demo/dataset.ts';
import { smallStudio } from '../../support/small-studio.ts';

const FIELD_INFO: FieldInfo = {
  editable: true,
  validValues: [],
  displayValues: new Map(),
  hiddenValues: [],
  validTypes: [],
  defaultValue: null,
};

describe('a filter of too many parts', () => {
  it.each<[string, (index: number) => object]>([
    ['conditions', (index) => ({ id: { is: index } })],
    ['empty groups', () => ({})],
  ])('is compiled no further than the limit: %s', (_, partOf) => {
    let compiled = 0;
    const parts = Array.from(
      { length: 20_000 },
      (__, index) =>
        new Proxy(partOf(index), {
          ownKeys(target) {
            compiled += 1;
            return Reflect.ownKeys(target);
          },
        }),
    );
    const checks = { schema: smallStudio(), doubts: new LinkDoubts() };
    expect(() => compileFilter(checks, 'Version', { or: parts })).toThrow(/more than 5000 conditions/u);
    expect(compiled).toBe(5001);
  });

  it('counts each link of a list, as each becomes a condition', () => {
    const checks = { schema: smallStudio(), doubts: new LinkDoubts() };
    const links = Array.from({ length: 500 }, (_, index) => ({ type: 'Asset', id: index + 1 }));
    const filterOf = (lists: number) => ({
      or: Array.from({ length: lists }, () => ({ assets: { in: links } })),
    });
    expect(compileFilter(checks, 'Shot', filterOf(10)).conditions).toHaveLength(1);
    expect(() => compileFilter(checks, 'Shot', filterOf(11))).toThrow(/more than 5000 conditions/u);
  });

  it('counts the conditions that exclude events of hidden fields', () => {
    const exposure = parseExposure(
      'types: { Version: { fields: { description: { hide: true } } }, Reply: { hide: true } }',
      'expose.yml',
    );
    const { entityTypes, fields } = demoDataset();
    const schema = exposeSchema(parseSiteSchema(entityTypes, fields), exposure);
    const checks = { schema, doubts: new LinkDoubts() };
    const countOf = (part: FilterCondition | FilterGroup): number =>
      'conditions' in part ? part.conditions.reduce((count, inner) => count + countOf(inner), 0) : 1;
    const filterOf = (parts: number) => ({
      or: Array.from({ length: parts }, (_, index) => ({ attributeName: { is: `sg_${index}` } })),
    });
    const each = countOf(compileFilter(checks, 'EventLogEntry', filterOf(1)));
    expect(each).toBeGreaterThan(1);
    const most = Math.floor(5000 / each);
    expect(countOf(compileFilter(checks, 'EventLogEntry', filterOf(most)))).toBe(most * each);
    expect(() => compileFilter(checks, 'EventLogEntry', filterOf(most + 1))).toThrow(
      /more than 5000 conditions/u,
    );
  });
});

describe('links of types that the pulled schema does not name', () => {
  const settled = async (fields: number) => {
    const doubts = new LinkDoubts();
    const refusal = new AppError('BAD_USER_INPUT', { message: 'It does not hold this type.' });
    for (let index = 0; index < 2 * fields; index += 1)
      doubts.add({ type: 'Version', field: `sg_${index % fields}`, linkType: 'CustomEntity42', refusal });
    const asked: string[] = [];
    const ask = async ({ field }: { field: string }): Promise<FieldInfo> => {
      asked.push(field);
      return { ...FIELD_INFO, validTypes: ['CustomEntity42'] };
    };
    const error = await doubts.settle(ask, (name) => name).catch((thrown: unknown) => thrown);
    return { calls: asked.length, error };
  };

  it('are looked up once in each of ten fields, and refused without a call in more fields', async () => {
    expect(await settled(10)).toEqual({ calls: 10, error: undefined });
    expect(await settled(11)).toMatchObject({ calls: 0, error: { code: 'BAD_USER_INPUT' } });
  });
});
