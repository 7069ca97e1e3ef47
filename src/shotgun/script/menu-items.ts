import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import { parseRows, toSearchCall } from '../calls/search.ts';
import { allOf } from '../port/requests.ts';
import { isRecord } from '../wire/http-call.ts';
import { ScriptDoor, type ScriptDoorDeps } from './script-door.ts';

/** A menu item that has to be made (API 11.1). */
export interface NewMenuItem {
  readonly title: string;
  /** Where it posts to. */
  readonly url: string;
  readonly entityType: string;
  readonly secret: string;
}

/** Made now, or there already: an item with this address. */
export interface MenuItemMade {
  readonly id: number;
  readonly isNew: boolean;
}

/**
 * Makes a menu item as the script, unless there is one with its address. For an administrator's command: an item is
 * of the site and of no person. The server never calls this.
 *
 * @throws AppError FORBIDDEN if the script's role may not, or a failure of the site. After a failure of the
 * connection the item may be there.
 */
export async function makeMenuItem(deps: ScriptDoorDeps, item: NewMenuItem): Promise<MenuItemMade> {
  const door = new ScriptDoor(deps, 1);
  try {
    const known = await findItem(door, item.url);
    return known === undefined ? { id: await create(door, item), isNew: true } : { id: known, isNew: false };
  } finally {
    await door.close();
  }
}

async function findItem(door: ScriptDoor, url: string): Promise<number | undefined> {
  const call = toSearchCall({
    type: 'ActionMenuItem',
    filter: allOf(['url', 'is', url]),
    fields: ['url', 'title'],
    pageSize: 100,
  });
  const answer = await door.read(
    { door: 'menuItemByAddress' },
    {
      ...call,
      method: 'POST',
      path: '/entity/ActionMenuItem/_search',
      operation: 'readMenuItems',
      isRepeatable: true,
    },
  );
  // Text filters ignore letter case (API 3.3), so compare the answer exactly.
  return parseRows(answer).find(({ fields }) => fields['url'] === url)?.id;
}

async function create(door: ScriptDoor, { title, url, entityType, secret }: NewMenuItem): Promise<number> {
  const values = {
    ...{ title, url, entity_type: entityType, secret_token: secret },
    ...{
      selection_required: true,
      light_payload: false,
      open_in_overlay: false,
      poll_for_data_updates: true,
    },
  };
  const { body } = await door.makeMenuItem({
    method: 'POST',
    path: '/entity/ActionMenuItem',
    operation: 'create',
    doneBy: [HTTP_STATUS.CREATED],
    body: { mediaType: 'json', text: JSON.stringify(values) },
    isRepeatable: false,
  });
  const data = isRecord(body) ? body['data'] : undefined;
  const id = isRecord(data) ? data['id'] : undefined;
  if (typeof id !== 'number') throw new AppError('UPSTREAM_BROKEN');
  return id;
}
