import { createHash } from 'node:crypto';
import { PNG } from 'pngjs';

const WIDTH = 320;
const HEIGHT = 180;
const HORIZON = 0.62;
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
  const png = new PNG({ width: WIDTH, height: HEIGHT });
  const sun = {
    x: WIDTH * (0.2 + byte(1) / 425),
    y: HEIGHT * (0.15 + byte(2) / 1000),
    radius: 10 + byte(3) / 12,
  };
  const towers = Array.from({ length: 7 }, (_, index) => ({
    from: (WIDTH * byte(4 + index)) / 256,
    width: 12 + byte(11 + index) / 7,
    top: HEIGHT * (HORIZON - byte(18 + index) / 620),
  }));
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const isSun = Math.hypot(x - sun.x, y - sun.y) < sun.radius;
      const isTower = towers.some(
        ({ from, width, top }) => x >= from && x < from + width && y >= top && y < HEIGHT * 0.8,
      );
      const height = y / HEIGHT;
      const colour = isTower
        ? hsl(hue, 0.25, 0.16 + height / 8)
        : isSun
          ? hsl(hue + 30, 0.8, 0.85)
          : height < HORIZON
            ? hsl(hue + 20 * height, 0.45, 0.35 + 0.5 * height)
            : hsl(hue + 160, 0.22, 0.5 - 0.3 * (height - HORIZON));
      png.data.set([...colour, 255], (y * WIDTH + x) * 4);
    }
  }
  return PNG.sync.write(png);
}

function hsl(hue: number, saturation: number, lightness: number): Colour {
  const channel = (offset: number): number => {
    const k = (offset + hue / 30) % 12;
    const amount = saturation * Math.min(lightness, 1 - lightness);
    return Math.round(255 * (lightness - amount * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
