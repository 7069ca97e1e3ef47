import { ownValue } from '../base/bare.ts';

const ANY_FILE = 'application/octet-stream';

/** Types that studios upload, by file extension. None is a page or a script in a browser. */
const TYPES: Readonly<Record<string, string>> = {
  aif: 'audio/aiff',
  aiff: 'audio/aiff',
  avi: 'video/x-msvideo',
  bmp: 'image/bmp',
  csv: 'text/csv',
  dpx: 'image/x-dpx',
  exr: 'image/x-exr',
  gif: 'image/gif',
  hdr: 'image/vnd.radiance',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  m4v: 'video/x-m4v',
  mkv: 'video/x-matroska',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpeg',
  mxf: 'application/mxf',
  pdf: 'application/pdf',
  png: 'image/png',
  psd: 'image/vnd.adobe.photoshop',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  txt: 'text/plain',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
  zip: 'application/zip',
};

/** From the file's name alone: the client's own claim is untrusted, and the storage would repeat it. */
export function mediaTypeOf(fileName: string): string {
  const [, ending = ''] = /\.([^.]+)$/u.exec(fileName.toLowerCase()) ?? [];
  return ownValue(TYPES, ending) ?? ANY_FILE;
}
