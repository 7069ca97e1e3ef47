import { type DemoRows, ref } from './rows.ts';
import { STATUSES } from './statuses.ts';

const STEPS: readonly (readonly [code: string, short: string, type: string, colour: string])[] = [
  ['Model', 'MDL', 'Asset', '120,160,200'],
  ['Texture', 'TXT', 'Asset', '190,150,110'],
  ['Rig', 'RIG', 'Asset', '150,190,140'],
  ['Lookdev', 'LDV', 'Asset', '200,170,190'],
  ['Layout', 'LAY', 'Shot', '170,150,200'],
  ['Animation', 'ANM', 'Shot', '220,160,120'],
  ['FX', 'FX', 'Shot', '200,120,120'],
  ['Lighting', 'LGT', 'Shot', '230,200,110'],
  ['Compositing', 'CMP', 'Shot', '120,190,190'],
];
export const ASSET_STEPS = [1, 2, 3, 4] as const;
export const SHOT_STEPS = [5, 6, 7, 8, 9] as const;
export const stepName = (step: number): string => STEPS[step - 1]?.[0] ?? '';
export const stepShortName = (step: number): string => (STEPS[step - 1]?.[1] ?? '').toLowerCase();

/** What belongs to the site and to no project: statuses, steps, tags, menu items. */
export function addSiteRows(rows: DemoRows, bffUrl: string): void {
  STATUSES.forEach(([code, name, colour], index) => {
    rows.add('Icon', { display_type: 'image_map', image_map_key: `icon_${code}` });
    rows.add('Status', { code, name, bg_color: colour, icon: ref('Icon', index + 1), system: true });
  });
  STEPS.forEach(([code, short, type, color], index) =>
    rows.add('Step', {
      code,
      short_name: short,
      entity_type: type,
      color,
      list_order: index + 1,
      department: ref('Department', 1 + (index % 6)),
    }),
  );
  for (const name of ['hero', 'night', 'stereo', 'retime', 'water', 'crowd']) rows.add('Tag', { name });
  for (const code of ['Maya Scene', 'Rendered Image', 'Nuke Script', 'Alembic Cache'])
    rows.add('PublishedFileType', { code });
  rows.add('LocalStorage', {
    code: 'primary',
    linux_path: '/mnt/projects',
    mac_path: '/Volumes/projects',
    windows_path: 'P:\\',
  });
  for (const type of ['Shot', 'Asset'])
    rows.add('TaskTemplate', { code: `Film VFX - ${type}`, entity_type: type });
  addMenuItems(rows, bffUrl);
}

/** The Tasks of the two templates, each after the one before it. They belong to no project and no entity. */
export function addTemplateTasks(rows: DemoRows): void {
  for (const [index, steps] of [SHOT_STEPS, ASSET_STEPS].entries()) {
    let before: number | undefined;
    for (const step of steps) {
      const { id } = rows.add('Task', {
        content: stepName(step),
        step: ref('Step', step),
        task_template: ref('TaskTemplate', index + 1),
        upstream_tasks: before === undefined ? [] : [ref('Task', before)],
        est_in_mins: 960,
        color: 'pipeline_step',
        sg_status_list: 'wtg',
      });
      if (before !== undefined) {
        const dependency = { dependency_type: 'finish-to-start-next-day', offset_days: 0 };
        rows.add('TaskDependency', {
          task: ref('Task', id),
          dependent_task: ref('Task', before),
          ...dependency,
        });
      }
      before = id;
    }
  }
}

function addMenuItems(rows: DemoRows, bffUrl: string): void {
  const review = {
    entity_type: 'Version',
    url: `${bffUrl}/ami/review`,
    secret_token: 'demo-ami-secret',
    selection_required: true,
    light_payload: false,
    poll_for_data_updates: true,
  };
  rows.add('ActionMenuItem', {
    ...review,
    title: 'Review in Shotgraph',
    list_order: 1,
    open_in_overlay: false,
  });
  rows.add('ActionMenuItem', {
    ...review,
    title: 'Review in an overlay',
    list_order: 2,
    open_in_overlay: true,
  });
}
