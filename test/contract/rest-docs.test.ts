import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../rules/source-files.ts';
import { restRowsOf } from '../support/doc-queries.ts';
import { startSiteWorld, type SiteCall, type SiteWorld } from '../support/site-world.ts';

const rows = restRowsOf(await readFile(join(ROOT, 'docs', 'rest.md'), 'utf8'));
const asked = rows.flatMap(({ section, operations, query }) =>
  query === undefined ? [] : [{ section, operation: operations[0] ?? '', query }],
);

const isCall = (operation: string, { method, path }: SiteCall): boolean => {
  const [verb, template = ''] = operation.split(' ');
  const pattern = template.replaceAll(/<\w+>/gu, '[^/]+');
  return method === verb && new RegExp(`^/api/v1${pattern}$`, 'u').test(path.split('?')[0] ?? '');
};

describe('docs/rest.md', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld({ introspection: true });
  });
  afterAll(() => world.close());

  it('has every operation of the REST API, once, and no other', async () => {
    const answer = await fetch(`${world.siteUrl}/api/v1/spec.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll('{', '<').replaceAll('}', '>')}`,
      ),
    );
    expect(rows.flatMap(({ operations }) => operations).sort()).toEqual(served.sort());
    expect(rows.filter(({ said }) => said === '')).toEqual([]);
  });

  it.each(asked.map(({ operation, query, section }) => [operation, query, section] as const))(
    '%s is reached by %s',
    async (operation, query, section) => {
      await world.takeCalls();
      const { errors } = await world.ask(query, { as: 'joao' });
      expect(errors).toEqual([]);
      const calls = (await world.takeCalls()).filter((call) => isCall(operation, call));
      expect(calls.length > 0).toBe(section === 'The same call');
      for (const call of calls) expect(call).toMatchObject({ actingAs: 'joao' });
    },
  );
});
