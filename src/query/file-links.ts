import { AppError } from '../base/errors.ts';
import type { ExposedField } from '../site/expose.ts';

/** `UrlInput`: exactly one of `url` and `localPath`. */
export interface FileLinkInput {
  readonly url?: string | null;
  readonly localPath?: string | null;
  readonly name?: string | null;
}

/** The only field that takes a path; the site finds the local storage that it lies in (API 5.3). */
const TAKES_PATHS: ReadonlySet<string> = new Set(['PublishedFile.path']);

const ABSOLUTE = /^(?:\/|[A-Za-z]:[/\\]|\\\\)/u;
// eslint-disable-next-line no-control-regex
const NEVER_IN_PATHS = /[\u0000-\u001f\u007f]|(?:^|[/\\])\.\.(?:[/\\]|$)/u;

/**
 * The value of a file field that is written and not uploaded, as the API takes it.
 *
 * @throws AppError BAD_USER_INPUT
 */
export function fileLink(
  field: ExposedField,
  input: FileLinkInput,
  type: string,
): Readonly<Record<string, string>> {
  const { url, localPath } = input;
  const name = typeof input.name === 'string' ? { name: input.name } : {};
  if (typeof url === 'string' && typeof localPath !== 'string')
    return { url: webAddress(field, url), ...name };
  if (typeof localPath === 'string' && typeof url !== 'string') {
    return { local_path: absolutePath(field, localPath, type), ...name };
  }
  throw refused(field, input, 'Give either url or localPath.');
}

/** A link that people will click in ShotGrid: nothing but a web address, so no script and no local file. */
function webAddress(field: ExposedField, url: string): string {
  const isWeb = URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol);
  if (isWeb) return url;
  throw refused(field, url, 'Give an address that begins with https:// or http://.');
}

/** A path on a storage of the studio, which the site checks; one that climbs out of it is refused here already. */
function absolutePath(field: ExposedField, path: string, type: string): string {
  if (!TAKES_PATHS.has(`${type}.${field.name}`)) {
    throw refused(field, path, 'This field takes web addresses and uploads, no paths.');
  }
  if (ABSOLUTE.test(path) && !NEVER_IN_PATHS.test(path)) return path;
  throw refused(field, path, 'Give the whole path of a file on a local storage, without "..".');
}

const refused = (field: ExposedField, value: unknown, message: string): AppError =>
  new AppError('BAD_USER_INPUT', {
    message,
    details: { path: `input.${field.graphqlName}`, value },
  });
