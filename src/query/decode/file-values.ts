import type { FieldValue } from '../../shotgun/port/records.ts';

/** How a file is kept (API 6.3). */
export const LINK_TYPES = ['upload', 'web', 'local'] as const;
export type LinkType = (typeof LINK_TYPES)[number];

/** What a file field has (API 6.3). */
export interface FileValue {
  /** Of an upload: presigned for this person, for 15 minutes at most. Null for a local file. */
  readonly url: string | null;
  readonly name: string | null;
  readonly contentType: string | null;
  readonly linkType: LinkType | null;
  readonly localStorage: string | null;
  readonly localPath: string | null;
  readonly localPathMac: string | null;
  readonly localPathWindows: string | null;
  readonly localPathLinux: string | null;
  /** Id of the Attachment. */
  readonly id: number | null;
}

const NO_FILE: FileValue = {
  url: null,
  name: null,
  contentType: null,
  linkType: null,
  localStorage: null,
  localPath: null,
  localPathMac: null,
  localPathWindows: null,
  localPathLinux: null,
  id: null,
};

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A file field as it is shown. Some hold an address alone (API 5.3). */
export function fileValue(value: FieldValue): FileValue | null {
  if (typeof value === 'string') return { ...NO_FILE, url: value };
  if (typeof value !== 'object' || value === null) return null;
  const file = value as Fields;
  const storage = file['local_storage'] as Fields | null | undefined;
  return {
    url: textOf(file['url']),
    name: textOf(file['name']),
    contentType: textOf(file['content_type']),
    linkType: LINK_TYPES.find((type) => type === file['link_type']) ?? null,
    localStorage: textOf(storage?.['name']),
    localPath: textOf(file['relative_path']) ?? textOf(file['local_path']),
    localPathMac: textOf(file['local_path_mac']),
    localPathWindows: textOf(file['local_path_windows']),
    localPathLinux: textOf(file['local_path_linux']),
    id: typeof file['id'] === 'number' ? file['id'] : null,
  };
}

export interface ImageValue {
  /** Presigned, as a file's; null while ShotGrid still makes the picture, and where it can make none. */
  readonly url: string | null;
  readonly state: 'PENDING' | 'READY' | 'UNAVAILABLE';
}

/** What stands in for a picture that is not made yet: told by the beginning of its path alone (API 6.3). */
const TRANSIENT = '/images/status/transient/';
/** Any other stand-in of the site says that there is no picture; asking again does not help. */
const STAND_IN = '/images/status/';

/** A thumbnail as it is shown; null where there is none. */
export function imageValue(value: FieldValue): ImageValue | null {
  if (typeof value !== 'string' || value === '') return null;
  const path = URL.canParse(value) ? new URL(value).pathname : '';
  if (path.startsWith(TRANSIENT)) return { url: null, state: 'PENDING' };
  return path.startsWith(STAND_IN) ? { url: null, state: 'UNAVAILABLE' } : { url: value, state: 'READY' };
}
