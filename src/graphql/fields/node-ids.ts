import { sha256 } from '../../base/digest.ts';
import { isRowId } from '../../base/ids.ts';

/** A row of the site. */
interface Ref {
  readonly type: string;
  readonly id: number;
}

/** From rows to ids that no other type and no other site has, and back. */
export interface NodeIds {
  idOf(row: Ref): string;
  /** Undefined for everything that `idOf` does not give. */
  rowOf(id: string): Ref | undefined;
}

const SITE_LENGTH = 8;
/** A type of a site has at most some dozens of characters. */
const MAX_LENGTH = 200;
const PARTS = /^(?<site>[\w-]{8}):(?<type>[A-Za-z][A-Za-z0-9_]*):(?<id>[1-9][0-9]{0,9})$/u;

/** Global ids of the rows of one site. They hold ShotGrid's name of the type, so that a new name in `expose.yml` changes none. */
export function createNodeIds(siteUrl: string): NodeIds {
  const site = sha256(new URL(siteUrl).origin).slice(0, SITE_LENGTH);
  const idOf = ({ type, id }: Ref): string => Buffer.from(`${site}:${type}:${id}`).toString('base64url');
  return {
    idOf,
    rowOf(text) {
      if (text.length > MAX_LENGTH) return undefined;
      const parts = PARTS.exec(Buffer.from(text, 'base64url').toString('utf8'))?.groups;
      if (parts?.['site'] !== site) return undefined;
      const row = { type: parts['type'] ?? '', id: Number(parts['id']) };
      // One row has one id: other spellings of it are none.
      return isRowId(row.id) && idOf(row) === text ? row : undefined;
    },
  };
}
