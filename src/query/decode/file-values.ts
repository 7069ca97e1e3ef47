import type { FieldValue } from '../../shotgun/port/records.ts';

/** How a file is stored (API 6.3). */
export const LINK_TYPES = ['upload', 'web', 'local'] as const;
export type LinkType = (typeof LINK_TYPES)[number];

/** The parts of a file field (API 6.3). */
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

/** Converts a file field. Some contain only an address (API 5.3). */
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
  /** Presigned, like a file's; null while ShotGrid still makes the picture, and if it cannot make one. */
  readonly url: string | null;
  readonly state: 'PENDING' | 'READY' | 'UNAVAILABLE';
}

/** A placeholder for a picture that is not made yet: recognized only by the start of its path (API 6.3). */
const TRANSIENT = '/images/status/transient/';
/** Any other placeholder means that there is no picture; a retry does not help. */
const STAND_IN = '/images/status/';

/** Converts a thumbnail; null if there is none. */
export function imageValue(value: FieldValue): ImageValue | null {
  if (typeof value !== 'string' || value === '') return null;
  const path = URL.canParse(value) ? new URL(value).pathname : '';
  if (path.startsWith(TRANSIENT)) return { url: null, state: 'PENDING' };
  return path.startsWith(STAND_IN) ? { url: null, state: 'UNAVAILABLE' } : { url: value, state: 'READY' };
}
