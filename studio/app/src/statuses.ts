export interface Status {
  readonly code: string;
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
}

export interface Statuses {
  /** How a status of the site looks, also one that a review does not give. */
  readonly look: (code: string | null | undefined) => Status;
  /** What a menu offers: what the project has of a review's statuses, and the current one. */
  readonly offered: (choices: readonly Choice[] | undefined, current: string | null | undefined) => Status[];
}

/** A legal value of the field, as the site tells it for a project. */
interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hidden: boolean;
}

interface StatusRow {
  readonly code?: string | null;
  readonly nameField?: string | null;
  readonly bgColor?: string | null;
}

/** Statuses that a review gives, in the order of a review; where there are none of them, all are offered. */
const REVIEW_CODES = ['rev', 'vwd', 'apr', 'na', 'fin', 'omt'];
const NO_COLOUR = 'gray';

export function readStatuses(rows: readonly StatusRow[]): Statuses {
  const byCode = new Map(
    rows.flatMap(({ code, nameField, bgColor }): [string, Status][] =>
      code ? [[code, { code, label: nameField || code, colour: cssColour(bgColor) }]] : [],
    ),
  );
  const look: Statuses['look'] = (code) =>
    byCode.get(code ?? '') ?? { code: code ?? '', label: code || 'No status', colour: NO_COLOUR };
  return {
    look,
    offered(choices, current) {
      const all = choices
        ?.filter(({ hidden, value }) => !hidden || value === current)
        .map(({ value, label }) => byCode.get(value) ?? { ...look(value), label });
      return ofReview(all ?? [...byCode.values()], current);
    },
  };
}

function ofReview(all: readonly Status[], current: string | null | undefined): Status[] {
  const rank = ({ code }: Status): number => REVIEW_CODES.indexOf(code);
  const found = all.filter((status) => rank(status) >= 0);
  if (found.length === 0) return [...all];
  const others = all.filter((status) => rank(status) < 0 && status.code === current);
  return [...others, ...found.sort((a, b) => rank(a) - rank(b))];
}

/** ShotGrid keeps colours as `r,g,b`. */
function cssColour(colour: string | null | undefined): string {
  return colour && /^\d{1,3},\d{1,3},\d{1,3}$/u.test(colour) ? `rgb(${colour})` : NO_COLOUR;
}
