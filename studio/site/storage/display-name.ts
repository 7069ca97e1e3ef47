import type { StoredRecord } from '../ports.ts';

const NAMING_FIELDS = [
  'code',
  'name',
  'title',
  'content',
  'subject',
  'display_name',
  'description',
  'event_type',
];

/** `cached_display_name` of a row, as links show it (API 2.4, 8). */
export function displayNameOf(record: StoredRecord): string {
  const text = (field: string): string => {
    const value = record.values[field];
    return typeof value === 'string' ? value : '';
  };
  switch (record.type) {
    case 'HumanUser':
    case 'ClientUser':
      return `${text('firstname')} ${text('lastname')}`.trim() || text('name') || text('login');
    case 'ApiUser':
      return `${text('firstname')} ${text('lastname')}`.trim();
    case 'Note':
      return [text('subject'), text('content')].filter((part) => part !== '').join(' - ');
    case 'Project':
    case 'Department':
      return text('name');
    case 'Delivery':
      return `#${record.id}: ${text('title')}`;
    case 'Task':
      return text('content') || '-';
    default:
      return NAMING_FIELDS.map(text).find((part) => part !== '') ?? '';
  }
}
