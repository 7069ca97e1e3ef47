import { SiteError, type EntityRef, type Storage, type StoredRecord, type StoredValue } from '../ports.ts';

type Hash = Readonly<Record<string, unknown>>;

const PATHS = ['linux_path', 'mac_path', 'windows_path'] as const;

/**
 * What a write of a file field stores: a link to the web or, in `PublishedFile.path`, a path on a local storage. Each
 * mints an Attachment (API 5.3, 6.3).
 */
export function linkedFile(storage: Storage, place: string, value: Hash): StoredValue {
  const stored =
    typeof value['url'] === 'string' && value['url'] !== ''
      ? webFile(value)
      : place === 'PublishedFile.path'
        ? localFile(storage, value)
        : undefined;
  if (stored === undefined)
    throw new SiteError(400, 104, `Update failed for [${place}]: Value is not legal.`);
  const { id } = storage.insert('Attachment', { this_file: stored, display_name: stored['name'] as string });
  return { ...stored, type: 'Attachment', id };
}

function webFile({ url, name }: Hash): Record<string, unknown> {
  return { url, name: typeof name === 'string' ? name : url, content_type: null, link_type: 'web' };
}

function localFile(storage: Storage, value: Hash): Record<string, unknown> | undefined {
  const found = placeOf(storage, value);
  if (found === undefined || found.relative === '') return undefined;
  const { row, relative } = found;
  const { linux_path: linux, mac_path: mac, windows_path: windows, code } = row.values;
  return {
    content_type: null,
    link_type: 'local',
    name: relative.split('/').at(-1),
    local_storage: { type: 'LocalStorage', id: row.id, name: code },
    relative_path: relative,
    local_path_linux: `${String(linux)}/${relative}`,
    local_path_mac: `${String(mac)}/${relative}`,
    local_path_windows: `${String(windows).replace(/\\$/u, '')}\\${relative.replaceAll('/', '\\')}`,
  };
}

function placeOf(storage: Storage, value: Hash): { row: StoredRecord; relative: string } | undefined {
  const { local_path: path, relative_path: relative, local_storage: ref } = value;
  if (typeof path === 'string') {
    for (const row of storage.all('LocalStorage')) {
      const root = PATHS.map((name) => String(row.values[name])).find((start) => path.startsWith(start));
      if (root !== undefined) {
        return { row, relative: path.slice(root.length).replaceAll('\\', '/').replace(/^\//u, '') };
      }
    }
  }
  const row = storage.get('LocalStorage', Number((ref as EntityRef | undefined)?.id));
  return typeof relative === 'string' && row !== undefined ? { row, relative } : undefined;
}
