import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toAppError } from '../../base/errors.ts';
import type { Config } from '../../config/config.ts';
import { type ExposedSchema, exposeSchema } from '../../site/expose.ts';
import { loadExposure } from '../../site/exposure.ts';
import { loadSite } from '../../site/load-site.ts';
import { loadSiteSchema } from '../../site/load-site-schema.ts';
import { SiteSchemaError } from '../../site/site-schema-error.ts';
import type { Terminal } from '../command.ts';
import { fail, type Finding, ok, warn } from '../doctor/finding.ts';
import { pullSiteSchema, type PullDeps, type PullResult } from '../schema-pull.ts';

/** The site's schema: read into a folder of its own, since nothing may be in the person's before they agree. */
export interface SiteSnapshot {
  readonly exposed: ExposedSchema;
  /** Copies it into the folder of the repository. Without effect where it was there already. */
  copyTo(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** The snapshot of an earlier run, if there is one. */
async function earlierSnapshot(directory: string): Promise<ExposedSchema | undefined> {
  try {
    return exposeSchema(await loadSiteSchema(directory), await loadExposure(directory));
  } catch (error) {
    if (error instanceof SiteSchemaError) return undefined;
    throw error;
  }
}

export interface SnapshotTaken {
  readonly finding: Finding;
  readonly snapshot: SiteSnapshot | undefined;
}

/** A snapshot that lacks a type is used, and nobody takes it for a whole one. */
export function findingOf(count: number, failed: PullResult['failed']): Finding {
  if (failed.length === 0) return ok('schema', `${count} types`);
  const names = failed.map(({ type, code }) => `${type} (${code})`).join(', ');
  return warn(
    'schema',
    `${count} types; not read: ${names}`,
    'Run "npx --no-install shotgraph schema pull" in the repository: until then the graph lacks them.',
  );
}

/** Takes the snapshot that is in the folder, or pulls it from the site. */
export async function takeSnapshot(
  directory: string,
  { site }: Pick<Config, 'site'>,
  deps: Omit<PullDeps, 'settings'>,
  terminal: Terminal,
): Promise<SnapshotTaken> {
  const earlier = await earlierSnapshot(directory);
  if (earlier !== undefined) {
    const nothing = async (): Promise<void> => undefined;
    const snapshot = { exposed: earlier, copyTo: nothing, close: nothing };
    return { finding: ok('schema', `${earlier.types.size} types, pulled before`), snapshot };
  }
  const pulled = await mkdtemp(join(tmpdir(), 'shotgraph-schema-'));
  const close = (): Promise<void> => rm(pulled, { recursive: true, force: true });
  try {
    const { failed } = await pullSiteSchema(
      { settings: site, ...deps },
      {
        directory: pulled,
        isPartialTaken: true,
        onProgress: ({ done, total }) => terminal.progress?.(`schema: ${done} of ${total} types`),
      },
    );
    terminal.end?.();
    const { exposed } = await loadSite(pulled);
    return {
      finding: findingOf(exposed.types.size, failed),
      snapshot: {
        exposed,
        async copyTo(target) {
          for (const file of ['fields.json', 'entity-types.json'])
            await cp(join(pulled, file), join(target, file), { recursive: true, force: false });
        },
        close,
      },
    };
  } catch (error) {
    await close();
    const { code, message } = toAppError(error);
    const advice = 'Later, "npx --no-install shotgraph schema pull" reads it.';
    return { finding: fail('schema', `${code}: ${message}`, advice), snapshot: undefined };
  }
}

const SHOWN_FIELDS = ['sg_status_list', 'description', 'created_at'];

/** Fields of the type that every studio knows, by their names in the graph: what the first page shows. */
export function shownFields(exposed: ExposedSchema | undefined, type: string): readonly string[] {
  const fields = exposed?.types.get(type)?.fields;
  return SHOWN_FIELDS.flatMap((name) => fields?.get(name)?.graphqlName ?? []);
}
