import { join } from 'node:path';
import { readJson } from '../read-json.ts';
import type { Dataset } from './ports.ts';

export interface DatasetFiles {
  /** Folder with `entity-types.json` and `fields.json`, as `GET /schema` and `/schema/<Type>/fields` give them. */
  readonly schemaDirectory: string;
  /** `{"<Type>": [{"id": 1, "<field>": value}]}`, links as `{"type", "id"}`. */
  readonly dataFile?: string;
}

/** Another site's schema and rows. @throws Error that names the file and what is wrong with it */
export async function loadDataset({ schemaDirectory, dataFile }: DatasetFiles): Promise<Dataset> {
  const entityTypes = await readJson(join(schemaDirectory, 'entity-types.json'));
  const fields = await readJson(join(schemaDirectory, 'fields.json'));
  const rows = dataFile === undefined ? {} : rowsOf(await readJson(dataFile), dataFile);
  return { entityTypes, fields, rows };
}

function rowsOf(content: unknown, path: string): Dataset['rows'] {
  const isTable = (rows: unknown): boolean =>
    Array.isArray(rows) &&
    rows.every((row: unknown) => typeof (row as { id?: unknown } | null)?.id === 'number');
  const isRows = typeof content === 'object' && content !== null && Object.values(content).every(isTable);
  if (!isRows)
    throw new Error(`${path}: expected {"<Type>": [{"id": 1, ...}]}, each row with a number as id.`);
  return content as Dataset['rows'];
}
