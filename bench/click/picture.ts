import type { Lane, TimeLine } from './time-line.ts';

/** One click, with what it shows. */
export interface Panel {
  readonly title: string;
  readonly line: TimeLine;
}

const LANES: readonly Lane[] = ['page', 'code', 'GraphQL', 'site'];
const COLORS: Readonly<Record<Lane, string>> = {
  page: '#8a94a6',
  code: '#5b8def',
  GraphQL: '#7b4fb5',
  site: '#d9822b',
};
const WIDTH = 960;
const LEFT = 84;
const RIGHT = 70;
const BAR = 14;
const GAP = 4;
const HEAD = 26;
const AXIS = 34;

/** The time lines of clicks below each other, on one scale, as SVG. */
export function drawClicks(panels: readonly Panel[]): string {
  const longestMs = Math.max(1, ...panels.map(({ line }) => line.rowsMs - line.clickMs));
  const toX = (ms: number): number => LEFT + (ms / longestMs) * (WIDTH - LEFT - RIGHT);
  let top = 8;
  const parts = panels.map(({ title, line }) => {
    const { height, drawn } = drawPanel({ title, line, top, toX });
    top += height;
    return drawn;
  });
  const height = top + AXIS;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    drawAxis(longestMs, top, toX),
    '</svg>\n',
  ].join('\n');
}

interface Drawing extends Panel {
  readonly top: number;
  toX(ms: number): number;
}

/** Each span has a row of its own, so that nothing hides what was under way at the same time. */
function drawPanel({ title, line, top, toX }: Drawing): { height: number; drawn: string } {
  const { clickMs, codeMs, rowsMs, spans } = line;
  const shown = LANES.flatMap((lane) => spans.filter((span) => span.lane === lane)).filter(
    ({ startMs, endMs }) => endMs > clickMs && startMs < rowsMs,
  );
  const bottom = top + HEAD + shown.length * (BAR + GAP);
  const bars = shown.map(({ lane, name, startMs, endMs }, index) => {
    const y = top + HEAD + index * (BAR + GAP);
    const [x, end] = [toX(Math.max(0, startMs - clickMs)), toX(Math.min(endMs, rowsMs) - clickMs)];
    const isFirst = shown[index - 1]?.lane !== lane;
    return [
      isFirst ? text({ x: LEFT - 8, y: y + 11, of: lane, more: 'text-anchor="end" fill="#333"' }) : '',
      `<rect x="${fixed(x)}" y="${y}" width="${fixed(Math.max(1, end - x))}" height="${BAR}" rx="2" fill="${COLORS[lane]}"/>`,
      text({
        ...(end > WIDTH - 220
          ? { x: x - 4, more: 'text-anchor="end" fill="#333"' }
          : { x: end + 4, more: 'fill="#333"' }),
        y: y + 11,
        of: `${name}, ${Math.round(endMs - startMs)} ms`,
      }),
    ].join('');
  });
  const mark = (ms: number, color: string): string =>
    `<line x1="${fixed(toX(ms - clickMs))}" x2="${fixed(toX(ms - clickMs))}" y1="${top + HEAD - 6}" y2="${bottom}" stroke="${color}" stroke-dasharray="3 2"/>`;
  const head = `${title}: code after ${Math.round(codeMs - clickMs)} ms, rows after ${Math.round(rowsMs - clickMs)} ms`;
  const drawn = [
    text({ x: 8, y: top + 14, of: head, more: 'font-size="13" font-weight="600" fill="#111"' }),
    ...bars,
    mark(codeMs, '#5b8def'),
    mark(rowsMs, '#1a7f37'),
  ].join('\n');
  return { height: bottom - top + 12, drawn };
}

function drawAxis(longestMs: number, top: number, toX: (ms: number) => number): string {
  const step = longestMs > 1200 ? 200 : 100;
  const ticks = Array.from({ length: Math.floor(longestMs / step) + 1 }, (_, index) => index * step);
  const labels = ticks.map((ms) =>
    text({ x: toX(ms), y: top + 18, of: String(ms), more: 'text-anchor="middle" fill="#555"' }),
  );
  const legend = 'milliseconds since the click; dashed: the code is there (blue), the rows are shown (green)';
  return [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${top + 4}" y2="${top + 4}" stroke="#999"/>`,
    ...labels,
    text({ x: LEFT, y: top + 31, of: legend, more: 'fill="#555"' }),
  ].join('\n');
}

interface Text {
  readonly x: number;
  readonly y: number;
  readonly of: string;
  readonly more: string;
}

const text = ({ x, y, of, more }: Text): string =>
  `<text x="${fixed(x)}" y="${fixed(y)}" ${more}>${of.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

const fixed = (value: number): string => String(Math.round(value * 10) / 10);
