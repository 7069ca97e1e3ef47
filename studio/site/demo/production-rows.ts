import { MIRA, JOAO } from './people.ts';
import { dateOf, type DemoRow, type DemoRows, ref } from './rows.ts';
import { ASSET_STEPS, SHOT_STEPS, stepName } from './site-rows.ts';

interface ProjectPlan {
  readonly name: string;
  readonly code: string;
  readonly type: string;
  readonly sequences: readonly string[];
  readonly assets: number;
}

const PROJECTS: readonly ProjectPlan[] = [
  {
    name: 'Lantern Road',
    code: 'lan',
    type: 'Feature',
    sequences: [
      'bridge',
      'harbour',
      'market',
      'storm',
      'attic',
      'parade',
      'cliff',
      'ferry',
      'kitchen',
      'finale',
    ],
    assets: 110,
  },
  {
    name: 'Nightjar',
    code: 'njr',
    type: 'Series',
    sequences: ['e101', 'e102', 'e103', 'e104', 'e105', 'e106', 'e107', 'e108'],
    assets: 80,
  },
  {
    name: 'Tidefall',
    code: 'tdf',
    type: 'Game',
    sequences: ['intro', 'descent', 'reef', 'wreck', 'leviathan', 'ascent', 'epilogue'],
    assets: 60,
  },
];
const SHOTS_PER_SEQUENCE = 16;
const STATUSES = ['wtg', 'rdy', 'ip', 'ip', 'rev', 'apr', 'fin'] as const;
const ASSET_KINDS = ['Character', 'Environment', 'Prop', 'FX', 'Vehicle'] as const;
const ASSET_NAMES = [
  'lamp',
  'fisher',
  'cart',
  'gull',
  'lighthouse',
  'rope',
  'crate',
  'tram',
  'mask',
  'anchor',
  'oar',
  'bell',
] as const;
const NULL_IMAGE = 0.05;

/** A picture of a row; the site signs its address on each read. */
export function pictureOf({ random }: DemoRows, type: string, id: number): string | null {
  return random.chance(NULL_IMAGE) ? null : `thumbnails/${type}/${id}.png`;
}

/** 3 projects, 25 sequences, 400 shots, 250 assets and their 3,000 tasks. */
export function addProduction(rows: DemoRows): void {
  PROJECTS.forEach((plan, index) => {
    const project = ref('Project', index + 1);
    rows.add('Project', {
      name: plan.name,
      code: plan.code,
      tank_name: plan.code,
      sg_type: plan.type,
      sg_status: 'Active',
      archived: false,
      sg_description: `A ${plan.type.toLowerCase()} of the demo studio.`,
      tracking_settings: {
        navchains: { Shot: 'Shot.sg_sequence' },
        hidden_statuses: index === 2 ? { sg_status_list: ['hld'] } : {},
      },
    });
    rows.add('CustomEntity01', {
      code: `${plan.code} night`,
      project,
      sg_status_list: 'apr',
      sg_temperature: 4300,
    });
    const assets = addAssets(rows, plan, project.id);
    for (const code of plan.sequences) addSequence(rows, { code, project: project.id, plan, assets });
  });
}

function addAssets(rows: DemoRows, plan: ProjectPlan, projectId: number): DemoRow[] {
  return Array.from({ length: plan.assets }, (_, index) => {
    const name = ASSET_NAMES[index % ASSET_NAMES.length];
    const id = rows.count('Asset') + 1;
    const asset = rows.add('Asset', {
      code: `${plan.code}_${name}_${String(Math.floor(index / ASSET_NAMES.length) + 1).padStart(2, '0')}`,
      project: ref('Project', projectId),
      description: `${name}, for ${plan.name}`,
      sg_asset_type: rows.random.pick(ASSET_KINDS),
      sg_status_list: rows.random.pick(STATUSES),
      image: pictureOf(rows, 'Asset', id),
    });
    addTasks(rows, asset, 'Asset', ASSET_STEPS);
    return asset;
  });
}

interface SequencePlan {
  readonly code: string;
  readonly project: number;
  readonly plan: ProjectPlan;
  readonly assets: readonly DemoRow[];
}

function addSequence(rows: DemoRows, { code, project, plan, assets }: SequencePlan): void {
  const sequence = rows.add('Sequence', {
    code,
    project: ref('Project', project),
    description: `The ${code} of ${plan.name}`,
    sg_status_list: 'ip',
    sg_sequence_type: rows.random.pick(['Action', 'Dialogue', 'Montage']),
  });
  for (let number = 1; number <= SHOTS_PER_SEQUENCE; number += 1) {
    const id = rows.count('Shot') + 1;
    const cutIn = 1001;
    const length = 24 + rows.random.below(120);
    const shot = rows.add('Shot', {
      code: `${code}_${String(number * 10).padStart(4, '0')}`,
      project: ref('Project', project),
      description: rows.random.pick([
        'Wide of the crossing',
        'Close on hands',
        'Over the shoulder',
        'Crane down',
        'Insert',
      ]),
      sg_status_list: rows.random.pick(STATUSES),
      sg_sequence: ref('Sequence', sequence.id),
      sg_shot_type: rows.random.pick(['VFX', 'Full CG', 'Plate']),
      assets: [rows.random.pick(assets), rows.random.pick(assets)].map((asset) => ref('Asset', asset.id)),
      cut_in: cutIn,
      cut_out: cutIn + length - 1,
      cut_duration: length,
      sg_cut_order: number,
      sg_turnover_date: dateOf(-120 + rows.random.below(60)),
      sg_complexity: `${1 + rows.random.below(5)}.${rows.random.below(10)}`,
      sg_percent_done: rows.random.below(101),
      sg_look: ref('CustomEntity01', project),
      image: pictureOf(rows, 'Shot', id),
    });
    addTasks(rows, shot, 'Shot', SHOT_STEPS);
  }
}

function addTasks(rows: DemoRows, owner: DemoRow, type: string, steps: readonly number[]): void {
  for (const step of steps) {
    const start = -60 + rows.random.below(90);
    const length = 2 + rows.random.below(12);
    rows.add('Task', {
      content: stepName(step),
      project: owner['project'],
      entity: ref(type, owner.id),
      step: ref('Step', step),
      sg_status_list: rows.random.pick(STATUSES),
      task_assignees: [ref('HumanUser', assigneeOf(rows, owner))],
      start_date: dateOf(start),
      due_date: dateOf(start + length),
      duration: length * 480,
      est_in_mins: (1 + rows.random.below(10)) * 480,
      color: 'pipeline_step',
      sg_priority_1: rows.random.pick(['Low', 'Normal', 'High']),
      sg_sort_order: step,
    });
  }
}

const MIRAS_SHARE = 0.12;

/** Mira works in projects 1 and 2, João in 2 and 3; the others wherever they are members. */
function assigneeOf({ random, tables }: DemoRows, owner: DemoRow): number {
  const projectId = (owner['project'] as { id: number }).id;
  if (projectId !== 3 && random.chance(MIRAS_SHARE)) return MIRA;
  if (projectId !== 1 && random.chance(MIRAS_SHARE / 3)) return JOAO;
  const members = (tables['HumanUser'] ?? []).filter(
    ({ id, projects }) =>
      id >= 40 && (projects as { id: number }[]).some((project) => project.id === projectId),
  );
  return random.pick(members).id;
}
