import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Provider } from 'oidc-provider';
import { renderNotice, renderSignInPage } from './pages.ts';
import type { IdpPerson } from './people.ts';

/** The sign-in page, and behind it the provider itself. */
export function createRoutes(provider: Provider, people: readonly IdpPerson[], path = ''): Express {
  askForConsentOffline(provider);
  const app = express();
  app.disable('x-powered-by');
  app.use('/interaction', (_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  app.get('/interaction/:uid', async (request, response) => {
    const { params, prompt } = await provider.interactionDetails(request, response);
    if (prompt.name === 'consent') {
      await provider.interactionFinished(request, response, { consent: {} });
      return;
    }
    response.send(
      renderSignInPage({ action: `${path}${request.path}`, people, hint: textOf(params['login_hint']) }),
    );
  });
  app.post('/interaction/:uid', express.urlencoded({ extended: false }), async (request, response) => {
    await provider.interactionDetails(request, response);
    const typed = textOf((request.body as { login?: unknown } | undefined)?.login)?.trim();
    const person = people.find(({ login }) => login.toLowerCase() === typed?.toLowerCase());
    if (person === undefined) {
      const error = 'There is no such account. Choose one of the list.';
      response.status(400).send(renderSignInPage({ action: `${path}${request.path}`, people, typed, error }));
      return;
    }
    const result = { login: { accountId: person.subject }, select_account: {} };
    await provider.interactionFinished(request, response, result);
  });
  app.use('/interaction', answerLostInteraction);
  app.use(provider.callback());
  return path === '' ? app : express().use(path, app);
}

/**
 * The standard ignores `offline_access` without `prompt=consent`. Organisations' providers do not require it, so
 * it is added here, and answered above without a page.
 */
function askForConsentOffline(provider: Provider): void {
  provider.use(async (context, next) => {
    const { scope, prompt } = context.query;
    const isOffline =
      context.path === '/auth' && textOf(scope)?.split(' ').includes('offline_access') === true;
    const prompts = new Set((textOf(prompt) ?? '').split(' ').filter(Boolean));
    if (isOffline && !prompts.has('none')) {
      context.query = { ...context.query, prompt: [...prompts.add('consent')].join(' ') };
    }
    await next();
  });
}

/** An interaction that is over: its cookie is gone, or a person has signed in in another tab meanwhile. */
const answerLostInteraction: ErrorRequestHandler = (_error, _request, response, _next) => {
  const text = 'This sign-in is over. Go back to where you came from and start again.';
  response.status(400).send(renderNotice('Sign-in problem', text));
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
