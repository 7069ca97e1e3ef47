import type { StubRow } from './stub-client.ts';

const link = (type: string, id: number, name: string) => ({ type, id, name });
export const BRIDGE = link('Project', 1, 'Bridge');
export const MIRA = link('HumanUser', 34, 'Mira');
export const COMP = link('Task', 300, 'comp');
export const SHOT_10 = link('Shot', 100, 'br_010');

/** One project with a sequence, shots, tasks, people and versions. */
export function bridgeRows(versionCount = 5): Record<string, StubRow[]> {
  return {
    Project: [{ id: 1, name: 'Bridge', sg_status: 'Active' }],
    Sequence: [{ id: 10, code: 'br', cached_display_name: 'br', project: BRIDGE }],
    Shot: [
      {
        id: 100,
        code: 'br_010',
        cached_display_name: 'br_010',
        project: BRIDGE,
        sg_sequence: link('Sequence', 10, 'br'),
        sg_cut_in: 1001,
        assets: [],
      },
      {
        id: 101,
        code: 'br_020',
        cached_display_name: 'br_020',
        project: BRIDGE,
        sg_sequence: null,
        sg_cut_in: null,
        assets: [],
      },
    ],
    Asset: [{ id: 200, code: 'boat', cached_display_name: 'boat', project: BRIDGE, sg_is_hero: true }],
    Task: [
      {
        id: 300,
        content: 'comp',
        cached_display_name: 'comp',
        project: BRIDGE,
        entity: SHOT_10,
        task_assignees: [MIRA, link('Group', 60, 'Comp')],
        due_date: '2026-09-09',
        duration: 480,
        is_late: false,
      },
    ],
    HumanUser: [{ id: 34, name: 'Mira', login: 'mira', email: 'mira@studio.example', projects: [BRIDGE] }],
    Group: [{ id: 60, code: 'Comp', users: [MIRA] }],
    Playlist: [
      {
        id: 500,
        code: 'dailies',
        cached_display_name: 'dailies',
        project: BRIDGE,
        versions: [],
        locked: false,
      },
    ],
    Version: Array.from({ length: versionCount }, (_, index) => ({
      id: 900 + index,
      code: `comp_v${index + 1}`,
      cached_display_name: `comp_v${index + 1}`,
      project: BRIDGE,
      description: null,
      entity: index % 2 === 0 ? SHOT_10 : link('Asset', 200, 'boat'),
      sg_task: COMP,
      user: MIRA,
      playlists: [link('Playlist', 500, 'dailies')],
      sg_status_list: 'rev',
      client_approved: false,
      sg_frame_rate: '23.976',
      frame_count: 100,
      created_by: MIRA,
      created_at: '2026-09-02T15:58:21Z',
      sg_uploaded_movie: {
        url: 'https://files.example/x.mov',
        name: 'x.mov',
        content_type: 'video/quicktime',
        link_type: 'upload',
        type: 'Attachment',
        id: 77,
      },
      image: null,
    })),
  };
}
