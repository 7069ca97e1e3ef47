export interface StatusChoice {
  readonly code: string;
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
}

/** Statuses that a review gives, in the order of a review. */
const REVIEW_CODES = ['rev', 'vwd', 'apr', 'na', 'fin', 'omt'];

interface StatusRow {
  readonly code?: string | null;
  readonly nameField?: string | null;
  readonly bgColor?: string | null;
}

export function statusChoices(rows: readonly StatusRow[]): StatusChoice[] {
  const byCode = new Map(rows.map((row) => [row.code, row]));
  return REVIEW_CODES.map((code) => {
    const row = byCode.get(code);
    return { code, label: row?.nameField ?? code, colour: cssColour(row?.bgColor) };
  });
}

/** ShotGrid keeps colours as `r,g,b`. */
function cssColour(colour: string | null | undefined): string {
  return colour && /^\d{1,3},\d{1,3},\d{1,3}$/u.test(colour) ? `rgb(${colour})` : 'gray';
}
