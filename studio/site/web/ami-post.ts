import { SiteError } from '../ports.ts';
import { parseAmiChoice } from './ami-choice.ts';
import { amiFields } from './ami-fields.ts';
import { type AmiField, signedFields } from './ami-signature.ts';
import { menuItems, type Opening, openingOf } from './menu.ts';
import { parsePageView } from './page-view.ts';
import type { WebSession } from './sessions.ts';
import { tableOf } from './tables.ts';
import type { WebDeps } from './web-deps.ts';
import { webSwitch } from './web-switches.ts';

export interface AmiPost {
  readonly action: string;
  readonly encoding: string;
  readonly opening: Opening;
  /** In the order in which a browser sends them. */
  readonly fields: readonly AmiField[];
}

const SCRIPTS: ReadonlySet<string> = new Set(['javascript:', 'data:', 'vbscript:', 'blob:']);
const ENCODINGS: Readonly<Record<string, string>> = {
  urlencoded: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
};

/**
 * The form that the browser posts for a chosen item (API 11.2), signed where the item has a secret (API 11.3), and the
 * event that tells of the choice.
 *
 * @throws SiteError where the item is not offered to the person on this page, or lacks the selection it needs
 */
export function amiPost(deps: WebDeps, session: WebSession, itemId: number, body: unknown): AmiPost {
  const choice = parseAmiChoice(body);
  const table = tableOf(deps, session.caller, choice.type);
  if (table === undefined) throw new SiteError(404, 104, 'Not Found');
  const view = parsePageView(table.columns, new URLSearchParams(choice.query));
  const offered = menuItems(deps, session, choice.type, view.project);
  const item = deps.storage.get('ActionMenuItem', itemId);
  if (item === undefined || !offered.some(({ id }) => id === itemId))
    throw new SiteError(404, 104, 'Not Found');
  const action = String(item.values['url']);
  const opening = openingOf(item.values);
  // A person who may write menu items must not be able to run their script in another person's page.
  if (!URL.canParse(action) || SCRIPTS.has(new URL(action).protocol))
    throw new SiteError(400, 103, 'The address of this menu item cannot be opened.');
  const chosen = { table, view, choice, item };
  const payload = amiFields(deps, session, { ...chosen, repeatsLists: opening === 'program' });
  const event = deps.events.amiTriggered(
    { type: 'HumanUser', id: session.person.id },
    eventPayload(deps, payload),
    choice.sessionUuid,
  );
  const fields: AmiField[] =
    item.values['light_payload'] === true ? [['event_log_entry_id', String(event.id)]] : payload;
  const secret = item.values['secret_token'];
  const signsBlankFields = webSwitch(deps.switches, 'web.signsBlankFields') === 'true';
  return {
    action,
    encoding: ENCODINGS[webSwitch(deps.switches, 'web.amiEncoding')] ?? '',
    opening,
    fields:
      typeof secret === 'string' && secret !== ''
        ? signedFields(fields, { secret, nowMs: deps.now(), signsBlankFields })
        : fields,
  };
}

/** The field map that a light payload leads to; how ids look in it is unknown. */
function eventPayload({ switches }: WebDeps, payload: readonly AmiField[]): Record<string, unknown> {
  const isList = webSwitch(switches, 'web.lightPayloadIds') === 'list';
  // A key that a program gets repeatedly is here one text with commas.
  const texts = new Map<string, string>();
  for (const [name, value] of payload)
    texts.set(name, [...(texts.has(name) ? [texts.get(name)] : []), value].join(','));
  return Object.fromEntries(
    [...texts].map(([name, value]) => [
      name,
      isList && /^(?:selected_)?ids$/u.test(name) ? value.split(',').filter(Boolean).map(Number) : value,
    ]),
  );
}
