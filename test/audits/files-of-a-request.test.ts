import { beforeAll, describe, expect, it } from 'vitest';
import { type FilesOfRequests, filesOfRequests } from '../support/files-of-a-request.ts';

/** How many files a reader opens who follows one request. Lowered in the commit that lowers them. */
const MOST: Readonly<Record<keyof FilesOfRequests, number>> = { query: 93, post: 31, refusedWrite: 93 };

describe('one request', () => {
  let files: FilesOfRequests;
  beforeAll(async () => {
    files = await filesOfRequests();
  });

  it.each(Object.entries(MOST))('runs few files of src: %s', (kind, most) => {
    const ran = files[kind as keyof FilesOfRequests];
    // A measurement that sees nothing would hold nothing.
    expect(ran).toContain('src/http/routes.ts');
    expect(ran.length > most ? ran : []).toEqual([]);
  });
});
