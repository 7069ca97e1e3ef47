/** Statuses of the site: code, name, colour `r,g,b` (API 8). */
export const STATUSES: readonly (readonly [code: string, name: string, colour: string])[] = [
  ['wtg', 'Waiting to Start', '196,196,196'],
  ['rdy', 'Ready to Start', '255,218,120'],
  ['ip', 'In Progress', '94,163,230'],
  ['rev', 'Pending Review', '240,180,70'],
  ['vwd', 'Viewed', '150,140,220'],
  ['apr', 'Approved', '80,180,110'],
  ['fin', 'Final', '25,118,27'],
  ['hld', 'On Hold', '210,120,90'],
  ['omt', 'Omit', '120,120,120'],
  ['na', 'N/A', '200,200,200'],
  ['opn', 'Open', '235,120,110'],
  ['clsd', 'Closed', '110,160,120'],
  ['cmpt', 'Complete', '60,150,80'],
  ['dlvr', 'Delivered', '70,130,180'],
  ['act', 'Active', '80,180,110'],
  ['dis', 'Disabled', '160,160,160'],
];
