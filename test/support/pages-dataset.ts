import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Dataset } from '../../studio/site/ports.ts';

type Row = Dataset['rows'][string][number];

const ref = (type: string, id: number) => ({ type, id });
const PROJECT = ref('Project', 1);
const CUT_ITEMS = 12;

/** The demo's rows with a cut, a delivery, files of notes, and families of assets and of published files. */
export function pagesDataset(): Dataset {
  const dataset = demoDataset();
  const { rows } = dataset;
  const versions = (rows['Version'] ?? []).filter(({ project }) => idOf(project) === PROJECT.id);
  const shots = (rows['Shot'] ?? []).filter(({ project }) => idOf(project) === PROJECT.id);
  const more: Record<string, Row[]> = {
    Cut: [1, 2].map((id) => ({
      ...{ id, code: `assembly v${id}`, project: PROJECT, entity: ref('Sequence', 2), revision_number: id },
    })),
    CutItem: shots.slice(0, CUT_ITEMS).map((shot, index) => ({
      id: index + 1,
      code: `item ${index + 1}`,
      project: PROJECT,
      cut: ref('Cut', 1 + (index % 2)),
      shot: ref('Shot', shot.id),
      version: ref('Version', versions[index]?.id ?? 1),
      cut_order: index + 1,
    })),
    Delivery: [{ id: 1, title: 'Trailer plates', project: PROJECT, sg_status_list: 'ip' }],
    Attachment: [1, 2, 3].map((id) => ({
      ...{ id, display_name: `markup ${id}.png`, project: PROJECT, attachment_links: [ref('Note', 4)] },
    })),
  };
  return {
    ...dataset,
    rows: {
      ...rows,
      ...more,
      Asset: changed(rows['Asset'], (row) => (row.id === 7 ? { parents: [ref('Asset', 8)] } : {})),
      PublishedFile: changed(rows['PublishedFile'], ({ id }) =>
        id > 1 && id < 6 ? { upstream_published_files: [ref('PublishedFile', id - 1)] } : {},
      ),
    },
  };
}

const idOf = (link: unknown): number => (link as { id: number }).id;

const changed = (rows: readonly Row[] | undefined, change: (row: Row) => Partial<Row>): Row[] =>
  (rows ?? []).map((row) => ({ ...row, ...change(row) }));
