import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { NextFunction, Request, Response } from 'express';
import { SiteError } from '../../../studio/site/ports.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(closeAll);

/** Closes at the end of the test. */
export function atEnd(close: () => Promise<void> | void): void {
  closers.push(close);
}

/** Closes now what was opened in this test. */
export async function closeAll(): Promise<void> {
  await Promise.all(closers.splice(0).map(async (close) => close()));
}

/** Serves on a free port until the end of the test; gives the base address. */
export async function serveApp(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  atEnd(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers a refusal flat, without the envelope. */
export function answerRefusal(error: unknown, _req: Request, res: Response, _next: NextFunction): void {
  if (!(error instanceof SiteError)) throw error;
  const { status, code, title, source, detail } = error;
  res.status(status).json({ status, code, title, source, detail });
}
