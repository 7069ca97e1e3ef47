import { sha256 } from '../base/digest.ts';
import type { LaunchId, SessionUuid } from '../base/ids.ts';

const LENGTH = 16;

/** Represents a launch where people may read it, as in the audit trail: the id itself would open the launch. */
export const launchMark = (launchId: string): string => sha256(launchId).slice(0, LENGTH);

/** The verified fields of an Action Menu Item's post (API 11.2), parsed once. Identity is never taken from it. */
export interface AmiPayload {
  /** Only compared with the id of the signed-in person. */
  readonly userId: number;
  /** The person's login at the click: a hint for the sign-in page. Null where anyone could have made the post. */
  readonly userLogin: string | null;
  /** Null for an item without rows, such as one of the user menu. */
  readonly entityType: string | null;
  readonly selectedIds: readonly number[];
  /** Every row of the page's query, not only the visible ones, up to the limit. */
  readonly ids: readonly number[];
  /** How many ids of the page are missing in `ids`; absent where all are there. */
  readonly idsLeftOut?: number;
  readonly title: string | null;
  readonly pageId: number | null;
  readonly serverHostname: string | null;
  /** Path on the ShotGrid site; null where the post had no path that is safe to link to. */
  readonly referrerPath: string | null;
  readonly sessionUuid: SessionUuid | null;
  readonly columns: readonly string[];
  /** One for each of `columns`; empty where ShotGrid's two lists have different lengths. */
  readonly columnDisplayNames: readonly string[];
  /** The field of a detail page whose cell was clicked. */
  readonly targetColumn?: string | null;
  readonly view: string | null;
  readonly sort: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[];
  readonly grouping: readonly {
    readonly column: string;
    readonly method: string | null;
    readonly direction: 'asc' | 'desc';
  }[];
  readonly project: { readonly id: number; readonly name: string } | null;
}

/** A launch as its owner may see it. */
export interface Launch {
  readonly id: LaunchId;
  /** Name of the AMI in `shotgraph.yml`. */
  readonly ami: string;
  readonly payload: AmiPayload;
  readonly createdAtMs: number;
}
