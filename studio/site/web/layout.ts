import { Eta } from 'eta';
import { webFolder } from './package-folder.ts';

const eta = new Eta({ views: webFolder('views'), autoEscape: true, cache: true });

/** A page of the site by its view, escaped. */
export function renderPage(view: string, data: object): string {
  return eta.render(view, { session: undefined, current: '', ...data });
}
