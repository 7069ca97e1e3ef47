import { describe, expect, it } from 'vitest';
import { fileValue, imageValue } from '../../../src/query/decode/file-values.ts';

const NOTHING = {
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

describe('the value of a file field', () => {
  it('of an upload has a link and the id of its Attachment', () => {
    expect(
      fileValue({
        url: 'https://bucket.example/x?X-Amz-Expires=900',
        name: 'x.mov',
        content_type: 'video/quicktime',
        link_type: 'upload',
        type: 'Attachment',
        id: 77,
      }),
    ).toEqual({
      ...NOTHING,
      url: 'https://bucket.example/x?X-Amz-Expires=900',
      name: 'x.mov',
      contentType: 'video/quicktime',
      linkType: 'upload',
      id: 77,
    });
  });

  it('of a local file has paths for each system and no link', () => {
    expect(
      fileValue({
        content_type: 'image/exr',
        link_type: 'local',
        name: 'bridge.exr',
        local_storage: { type: 'LocalStorage', id: 3, name: 'primary' },
        relative_path: 'bridge/bridge.exr',
        local_path_mac: '/Volumes/projects/bridge/bridge.exr',
        local_path_windows: 'P:\\bridge\\bridge.exr',
        local_path_linux: '/mnt/projects/bridge/bridge.exr',
        type: 'Attachment',
        id: 78,
      }),
    ).toEqual({
      ...NOTHING,
      name: 'bridge.exr',
      contentType: 'image/exr',
      linkType: 'local',
      localStorage: 'primary',
      localPath: 'bridge/bridge.exr',
      localPathMac: '/Volumes/projects/bridge/bridge.exr',
      localPathWindows: 'P:\\bridge\\bridge.exr',
      localPathLinux: '/mnt/projects/bridge/bridge.exr',
      id: 78,
    });
  });

  it('may be only an address, of an unknown kind, or null', () => {
    expect(fileValue('/page/project_overview')).toEqual({ ...NOTHING, url: '/page/project_overview' });
    expect(fileValue({ link_type: 'cloud', local_storage: null })).toEqual(NOTHING);
    expect(fileValue(null)).toBeNull();
  });
});

describe('the value of an image field', () => {
  it.each([
    [null, null],
    ['', null],
    ['https://studio.example/images/status/transient/thumbnail_pending.png', { url: null, state: 'PENDING' }],
    ['https://studio.example/images/status/thumbnail_failed.png', { url: null, state: 'UNAVAILABLE' }],
    ['https://studio.example/images/status/transient/other.png?1', { url: null, state: 'PENDING' }],
    [
      'https://bucket.example/images/x.jpg?X-Amz-Signature=1',
      { url: 'https://bucket.example/images/x.jpg?X-Amz-Signature=1', state: 'READY' },
    ],
    [
      'https://bucket.example/x.jpg?at=/images/status/transient/',
      { url: 'https://bucket.example/x.jpg?at=/images/status/transient/', state: 'READY' },
    ],
  ])('%j is %j', (value, shown) => {
    expect(imageValue(value)).toEqual(shown);
  });
});
