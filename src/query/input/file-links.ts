import { AppError } from '../../base/errors.ts';
import { typeFacts } from '../../site/type-facts.ts';
import type { LinkAt } from './links.ts';

/** `UrlInput`: exactly one of `url` and `localPath`. */
export interface FileLinkInput {
  readonly url?: string | null;
  readonly localPath?: string | null;
  readonly name?: string | null;
}

/** The file field, and the place of its value in the input. */
type FilePlace = Pick<LinkAt, 'type' | 'field' | 'path'>;

const ABSOLUTE = /^(?:\/|[A-Za-z]:[/\\]|\\\\)/u;
const NEVER_IN_PATHS = /[\u0000-\u001f\u007f]|(?:^|[/\\])\.\.(?:[/\\]|$)/u;

/**
 * The API's form of a file field's value that is written and not uploaded.
 *
 * @throws AppError BAD_USER_INPUT
 */
export function fileLink(place: FilePlace, input: FileLinkInput): Readonly<Record<string, string>> {
  const { url, localPath } = input;
  const name = typeof input.name === 'string' ? { name: input.name } : {};
  if (typeof url === 'string' && typeof localPath !== 'string')
    return { url: webAddress(place, url), ...name };
  if (typeof localPath === 'string' && typeof url !== 'string') {
    return { local_path: absolutePath(place, localPath), ...name };
  }
  throw refused(place, input, 'Give either url or localPath.');
}

/** People will click this link in ShotGrid: only a web address is allowed, so no script and no local file. */
function webAddress(place: FilePlace, url: string): string {
  const isWeb = URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol);
  if (isWeb) return url;
  throw refused(place, url, 'Give an address that begins with https:// or http://.');
}

/** A path on a storage of the studio, which the site checks; a path that climbs out of it is refused here already. */
function absolutePath(place: FilePlace, path: string): string {
  if (typeFacts(place.type.type).takesPaths?.includes(place.field.name) !== true) {
    throw refused(place, path, 'This field takes web addresses and uploads, no paths.');
  }
  if (ABSOLUTE.test(path) && !NEVER_IN_PATHS.test(path)) return path;
  throw refused(place, path, 'Give the whole path of a file on a local storage, without "..".');
}

const refused = ({ path }: FilePlace, value: unknown, message: string): AppError =>
  new AppError('BAD_USER_INPUT', { message, details: { path: path.join('.'), value } });
