import { readdirSync, readFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, print } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { ROOT } from '../rules/source-files.ts';
import { freePort } from '../support/free-port.ts';
import { type Files, temporaryFiles } from '../support/operation-lists.ts';
import { runCaptured } from '../support/run-captured.ts';
import { CANARIES, startStudio, type Studio } from '../support/studio.ts';

/** The review app's operations on ShotGrid alone, each in a file of its name, as a tool that has them in a folder. */
async function writeReviewOperations(files: Files): Promise<void> {
  const folder = join(ROOT, 'studio', 'app', 'operations');
  for (const file of readdirSync(folder)) {
    for (const definition of parse(readFileSync(join(folder, file), 'utf8')).definitions) {
      const name = 'name' in definition ? (definition.name?.value ?? '') : '';
      if (!/Job/u.test(name)) await files.write(`review/${name}.graphql`, `${print(definition)}\n`);
    }
  }
}

/** The demo's site after an administrator took a field and a status away. */
function changedSite() {
  const demo = demoDataset();
  const fields = structuredClone(demo.fields) as Record<string, { data: Record<string, unknown> }>;
  const version = fields['Version']?.data ?? {};
  delete version['sg_task'];
  const status = version['sg_status_list'] as { properties: { valid_values: { value: string[] } } };
  status.properties.valid_values.value = status.properties.valid_values.value.slice(1);
  return { ...demo, fields };
}

interface Told {
  readonly event: string;
  readonly tool?: string;
  readonly operation?: string;
  readonly count?: number;
  readonly reason?: string;
}

describe('a site that removes a field which the review app selects', () => {
  let files: Files;
  let config: string;
  let studio: Studio;
  let metricsUrl: string;
  const before = { ...process.env };
  beforeEach(async () => {
    files = await temporaryFiles();
    await writeReviewOperations(files);
    await files.write(
      'nightly/room.graphql',
      '# Counts.\nquery NewestVersions {\n  versions { nodes { sgTask { id } } }\n}\n',
    );
    config = await files.write(
      'shotgraph.yml',
      `amis: { review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ } }
apps: { review: { directory: ., operations: review } }
tools: { nightly: { operations: nightly } }
`,
    );
    const metricsPort = await freePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    studio = await startStudio(
      {
        SHOTGRAPH_CONFIG: config,
        SHOTGRAPH_SCHEMA_DRIFT: 'on',
        SHOTGRAPH_METRICS_PORT: String(metricsPort),
      },
      {},
      { dataset: changedSite() },
    );
    Object.assign(process.env, {
      SHOTGRAPH_SITE_URL: studio.siteUrl,
      SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
      SHOTGRAPH_SITE_SCRIPT_KEY: CANARIES.scriptKey,
      SHOTGRAPH_ENVIRONMENT: 'development',
      SHOTGRAPH_CONFIG: config,
    });
  });
  afterEach(async () => {
    process.env = { ...before };
    await studio.stop();
    await files.remove();
  });

  const run = async (...args: string[]) => {
    const { code, printed: said, errors } = await runCaptured(...args);
    return { code, said, errors };
  };
  const linesOf = (event: RegExp): readonly Told[] =>
    studio.logLines.map((line) => JSON.parse(line) as Told).filter((line) => event.test(line.event));
  const told = async (event: RegExp): Promise<readonly Told[]> => {
    while (linesOf(event).length === 0) await new Promise((wait) => setTimeout(wait, 50));
    return linesOf(event);
  };

  it('is reported by the command with tool, file, operation and line, with warnings, and with an exit code', async () => {
    const answer = await run('schema', 'diff', '--operations');
    expect(answer.code).toBe(1);
    expect(answer.said).toContain('BREAKS Version.sg_task is gone.');
    expect(answer.said).toMatch(
      /breaks review PageVersions .*VersionFields\.graphql:36: Cannot query field "sgTask" on type "Version"/u,
    );
    expect(answer.said).toMatch(/breaks nightly NewestVersions .*nightly\/room\.graphql:3: /u);
    expect(answer.said).toMatch(
      /Version\.sg_status_list may be \w+ no longer\.\n +warns {2}review \w+ .*VersionFields\.graphql:6: /u,
    );
    expect(answer.said).toMatch(/2 differences\. Of 14 operations 5 break, and 1 only warn\.$/u);

    const json = JSON.parse((await run('schema', 'diff', '--operations', '--json')).said) as {
      changes: { place: string }[];
      operations: Record<string, unknown>[];
    };
    expect(json.changes.map(({ place }) => place)).toEqual(['Version.sg_status_list', 'Version.sg_task']);
    expect(json.operations).toContainEqual({
      tool: 'review',
      operation: 'PageVersions',
      effect: 'breaks',
      file: expect.stringMatching(/review\/VersionFields\.graphql$/u),
      line: 36,
      message: expect.stringContaining('"sgTask"'),
      change: 'Version.sg_task',
      isOld: false,
    });
  });

  it('is reported in the log and the metrics of a running server, which continues with its snapshot', async () => {
    const [summary] = await told(/^schema\.operations_touched$/u);
    expect(summary?.reason).toMatch(/^5 operations break once the change is taken over, and 1 only warn\./u);
    expect(linesOf(/^schema\.operation_breaks$/u)).toContainEqual(
      expect.objectContaining({
        ...{ level: 'warn', code: 'FIELD_GONE', tool: 'review', operation: 'PageVersions' },
        reason: expect.stringMatching(/VersionFields\.graphql:36: Cannot query field "sgTask"/u),
      }),
    );
    expect(linesOf(/^schema\.operation_warns$/u)).toContainEqual(
      expect.objectContaining({ tool: 'review', operation: 'SetStatus' }),
    );
    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toMatch(
      /shotgraph_schema_touched_operations\{tool="nightly",operation="NewestVersions",effect="breaks"\} 1/u,
    );
    expect(metrics).toMatch(/\{tool="review",operation="SetStatus",effect="warns"\} 2/u);
  });

  it('is not checked without a list, with mistakes in a list, or with an option that lacks another one', async () => {
    const empty = await files.write('empty.yml', 'apps: {}\n');
    expect(await run('schema', 'diff', '--operations', '--config', empty)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('Set apps.<name>.operations'),
    });
    expect((await run('schema', 'diff', '--config', empty)).code).toBe(2);
    await files.write('nightly/other.graphql', 'query Half {');
    expect(await run('schema', 'diff', '--operations')).toMatchObject({
      code: 3,
      errors: expect.stringMatching(/tools\.nightly\.operations: .*other\.graphql:1: Syntax Error/u),
    });
  });
});

const CREW = `systems: { crew: { connector: crew.js, baseUrl: 'https://crew.example' } }
tools: { nightly: { operations: ops } }
`;

describe('an expose.yml beside a snapshot', () => {
  let files: Files;
  beforeEach(async () => {
    files = await temporaryFiles();
    for (const side of ['before', 'after'])
      await cp(join(ROOT, 'schema', 'site'), join(files.folder, side, 'site'), { recursive: true });
    await files.write('ops/room.graphql', 'query Room {\n  versions { nodes { sgTask { id } } }\n}\n');
    await files.write('shotgraph.yml', 'tools: { nightly: { operations: ops } }\n');
  });
  afterEach(() => files.remove());

  const diff = async (...more: readonly string[]) => {
    const { folder } = files;
    const sides = ['--directory', `${folder}/before/site`, '--against', `${folder}/after/site`];
    const { code, printed, errors } = await runCaptured('schema', 'diff', ...sides, ...more);
    return { code, said: [printed, errors].filter((text) => text !== '').join('\n') };
  };
  const diffOperations = () => diff('--operations', '--config', `${files.folder}/shotgraph.yml`);

  it('is compared with the one beside another snapshot, and the operation that selects the field is named', async () => {
    await files.write('after/expose.yml', 'types: { Version: { fields: { sg_task: { hide: true } } } }\n');
    const { code, said } = await diffOperations();
    expect(said).toMatch(
      /^BREAKS Version\.sg_task is hidden now\.\n +breaks nightly Room .*room\.graphql:2: /u,
    );
    expect(code).toBe(1);
  });

  it('is not reported as changed if the settings or a system cannot be used', async () => {
    for (const [text, problem] of [
      ['tools: { nightly: { operations: 5 } }\n', /operations/u],
      [CREW, /^The system "crew" cannot be used: /u],
    ] as const) {
      const config = await files.write('wrong.yml', text);
      expect(await diff('--operations', '--config', config)).toEqual({
        code: 3,
        said: expect.stringMatching(problem),
      });
    }
  });

  it('fails if a class needs a removed field: the server would not start', async () => {
    await files.write(
      'crew.js',
      "export const connector = { typeDefs: 'extend type Asset { mood: String }', fields: { Asset: { mood: () => [] } } };\n",
    );
    const config = await files.write('crew.yml', CREW);
    await files.write('after/expose.yml', 'types: { Asset: { hide: true } }\n');
    expect(await diff('--operations', '--config', config)).toEqual({
      code: 1,
      said: expect.stringMatching(/^The server would not start after this change: .*Asset/u),
    });
  });

  it('fails with a rule for a removed field, although the rule hides it and no operation selects it', async () => {
    await files.write(
      'before/expose.yml',
      'types: { Version: { fields: { frame_count: { hide: true } } } }\n',
    );
    const snapshot = join(files.folder, 'after', 'site', 'fields.json');
    const fields = JSON.parse(await readFile(snapshot, 'utf8')) as {
      Version: { data: Record<string, unknown> };
    };
    delete fields.Version.data['frame_count'];
    await writeFile(snapshot, JSON.stringify(fields));
    for (const { code, said } of [await diff(), await diffOperations()]) {
      expect(said).toMatch(
        /^ +Version\.frame_count is gone\.\nBREAKS Version\.frame_count has a rule in .*expose\.yml:1, .* the server will not start until the rule is taken out\.\n2 differences/u,
      );
      expect(code).toBe(1);
    }
  });
});
