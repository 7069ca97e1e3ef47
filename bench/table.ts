/** A Markdown table; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (typeof rows[0]?.[index] === 'number' ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;

/** @param part from 0 to 1 */
export const percentile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((left, right) => left - right)[
    Math.min(numbers.length - 1, Math.floor(numbers.length * part))
  ] ?? 0;

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
