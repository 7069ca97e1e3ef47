import { createHash } from 'node:crypto';
import { PNG } from 'pngjs';

const WIDTH = 320;
const HEIGHT = 180;
const HORIZON = 0.62;
const GROUND_LINE = 0.8;
const TOWERS = 7;
const MAX_KEPT = 500;

const kept = new Map<string, Buffer>();

/** A picture of 320 x 180 that belongs to its path: sky, ground, a sun and a few shapes, always the same. */
export function thumbnail(path: string): Buffer {
  const known = kept.get(path);
  if (known !== undefined) return known;
  const picture = draw(createHash('sha256').update(path).digest());
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(path, picture);
  return picture;
}

type Colour = readonly [number, number, number];

function draw(seed: Buffer): Buffer {
  const byte = (index: number): number => seed[index % seed.length] ?? 0;
  const hue = byte(0) * 1.41;
  const sun = {
    x: WIDTH * (0.2 + byte(1) / 425),
    y: HEIGHT * (0.15 + byte(2) / 1000),
    radius: 10 + byte(3) / 12,
  };
  const towers = Array.from({ length: TOWERS }, (_, index) => ({
    x: (WIDTH * byte(4 + index)) / 256,
    y: HEIGHT * (HORIZON - byte(18 + index) / 620),
    width: 12 + byte(11 + index) / 7,
  }));
  const png = new PNG({ width: WIDTH, height: HEIGHT });
  for (let y = 0; y < HEIGHT; y += 1) {
    const height = y / HEIGHT;
    const sky = hsl(hue + 20 * height, 0.45, 0.35 + 0.5 * height);
    const ground = hsl(hue + 160, 0.22, 0.5 - 0.3 * (height - HORIZON));
    fill(png, y, { from: 0, to: WIDTH, colour: height < HORIZON ? sky : ground });
    const half = Math.sqrt(Math.max(0, sun.radius ** 2 - (y - sun.y) ** 2));
    if (half > 0) fill(png, y, { from: sun.x - half, to: sun.x + half, colour: hsl(hue + 30, 0.8, 0.85) });
    for (const tower of towers) {
      if (y < tower.y || height > GROUND_LINE) continue;
      fill(png, y, { from: tower.x, to: tower.x + tower.width, colour: hsl(hue, 0.25, 0.16 + height / 8) });
    }
  }
  // Without a search for the best filter of each row, which costs ten times the drawing.
  return PNG.sync.write(png, { deflateLevel: 1, filterType: 0 });
}

interface Stripe {
  readonly from: number;
  readonly to: number;
  readonly colour: Colour;
}

function fill(png: PNG, y: number, { from, to, colour }: Stripe): void {
  for (let x = Math.max(0, Math.round(from)); x < Math.min(WIDTH, to); x += 1) {
    const place = (y * WIDTH + x) * 4;
    png.data[place] = colour[0];
    png.data[place + 1] = colour[1];
    png.data[place + 2] = colour[2];
    png.data[place + 3] = 255;
  }
}

function hsl(hue: number, saturation: number, lightness: number): Colour {
  const channel = (offset: number): number => {
    const k = (offset + hue / 30) % 12;
    const amount = saturation * Math.min(lightness, 1 - lightness);
    return Math.round(255 * (lightness - amount * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
