export interface Status {
  readonly code: string;
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
}

export interface Statuses {
  /** How a status of the site looks, also one that a review does not give. */
  readonly look: (code: string | null | undefined) => Status;
  /** What the menu offers. */
  readonly choices: readonly Status[];
}

interface StatusRow {
  readonly code?: string | null;
  readonly nameField?: string | null;
  readonly bgColor?: string | null;
}

/** Statuses that a review gives, in the order of a review; a site that knows none of them offers all it has. */
const REVIEW_CODES = ['rev', 'vwd', 'apr', 'na', 'fin', 'omt'];
const NO_COLOUR = 'gray';

export function readStatuses(rows: readonly StatusRow[]): Statuses {
  const byCode = new Map(
    rows.flatMap(({ code, nameField, bgColor }): [string, Status][] =>
      code ? [[code, { code, label: nameField || code, colour: cssColour(bgColor) }]] : [],
    ),
  );
  const ofReview = REVIEW_CODES.flatMap((code) => byCode.get(code) ?? []);
  return {
    look: (code) =>
      byCode.get(code ?? '') ?? { code: code ?? '', label: code || 'No status', colour: NO_COLOUR },
    choices: ofReview.length > 0 ? ofReview : [...byCode.values()],
  };
}

/** ShotGrid keeps colours as `r,g,b`. */
function cssColour(colour: string | null | undefined): string {
  return colour && /^\d{1,3},\d{1,3},\d{1,3}$/u.test(colour) ? `rgb(${colour})` : NO_COLOUR;
}
