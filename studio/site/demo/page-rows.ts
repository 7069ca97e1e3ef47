import { type DemoRows, ref } from './rows.ts';

const PAGE_TYPES = ['Shot', 'Asset', 'Task', 'Version', 'Playlist', 'Note'] as const;
const OVERVIEW = 'project_overview';

/** Pages of the site, and a menu item that carries no signature. After all other rows: it draws from the same dice. */
export function addPages(rows: DemoRows, bffUrl: string): void {
  for (const { id, name } of rows.tables['Project'] ?? []) {
    const project = ref('Project', id);
    rows.add('Page', { name: `${String(name)} overview`, project, page_type: OVERVIEW });
    for (const type of PAGE_TYPES)
      rows.add('Page', { name: `${type}s of ${String(name)}`, project, page_type: type.toLowerCase() });
  }
  rows.add('ActionMenuItem', {
    title: 'Open in browser log',
    entity_type: 'Shot',
    url: `${bffUrl}/ami/log`,
    list_order: 3,
    selection_required: false,
    light_payload: false,
    open_in_overlay: false,
    poll_for_data_updates: false,
  });
}
