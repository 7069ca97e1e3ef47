import type { Express } from 'express';
import { startSystemServer, type SystemServer, type SystemServerOptions } from '../system-server.ts';
import type { StoredFile } from './files.ts';

export interface StorageOptions extends SystemServerOptions {
  readonly files: readonly StoredFile[];
}

export type Storage = SystemServer;

/** A small index of the studio's storage. Everybody who is signed in sees every file. */
export const startStorage = (options: StorageOptions): Promise<Storage> =>
  startSystemServer(options, (app) => addFiles(app, options.files));

function addFiles(app: Express, files: readonly StoredFile[]): void {
  app.post('/files/search', (request, response) => {
    const { codes = [] } = request.body as { readonly codes?: readonly string[] };
    const wanted = new Set(codes);
    response.json({ files: files.filter(({ code }) => wanted.has(code)) });
  });
  app.get('/largest', ({ query }, response) => {
    const largest = files.toSorted((a, b) => b.megabytes - a.megabytes || (a.path < b.path ? -1 : 1));
    response.json({ files: largest.slice(0, Number(query['first'])) });
  });
  app.post('/archive', (request, response) => {
    const { path } = request.body as { readonly path?: unknown };
    const file = files.find((each) => each.path === path);
    if (file === undefined) return void response.status(404).json({ error: 'There is no such file.' });
    file.archivedBy = String(response.locals['person']);
    return void response.json(file);
  });
}
