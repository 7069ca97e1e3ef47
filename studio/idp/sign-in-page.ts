import { Eta } from 'eta';
import type { IdpPerson } from './people.ts';

const eta = new Eta({ autoEscape: true });

const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Sign in · Lantern single sign-on</title>
  <style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
    body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; }
    main { width: min(22rem, 90vw); padding: 2rem; border: 1px solid color-mix(in srgb, CanvasText 18%, Canvas); border-radius: 12px; }
    h1 { font-size: 1.25rem; margin: 0 0 .25rem; } p { margin: 0 0 1rem; opacity: .8; }
    .people { display: grid; gap: .5rem; margin-bottom: 1rem; }
    button { font: inherit; padding: .6rem .8rem; border-radius: 8px; border: 1px solid color-mix(in srgb, CanvasText 30%, Canvas); background: Canvas; color: CanvasText; text-align: left; cursor: pointer; width: 100%; }
    button:hover, button:focus-visible { border-color: Highlight; outline: 2px solid Highlight; }
    small { opacity: .7; } label { display: block; margin-bottom: .25rem; }
    input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem .6rem; border-radius: 8px; border: 1px solid color-mix(in srgb, CanvasText 40%, Canvas); }
    .error { color: #b3261e; opacity: 1; }
  </style>
</head>
<body>
<main>
  <h1>Lantern single sign-on</h1>
  <p>The identity provider of the studio in a box. Choose who you are; there are no passwords here.</p>
  <% if (it.error) { %><p class="error" role="alert"><%= it.error %></p><% } %>
  <div class="people">
    <% for (const person of it.people) { %>
    <form method="post" action="<%= it.action %>">
      <input type="hidden" name="login" value="<%= person.login %>">
      <button type="submit"<%= person.login === it.hint ? ' autofocus' : '' %>><%= person.name %> <small><%= person.login %></small></button>
    </form>
    <% } %>
  </div>
  <form method="post" action="<%= it.action %>">
    <label for="login">Another account</label>
    <input id="login" name="login" autocomplete="username" required>
  </form>
</main>
</body>
</html>`;

export interface SignInPage {
  /** Where the form posts to. */
  readonly action: string;
  readonly people: readonly IdpPerson[];
  /** Account that the client expects. */
  readonly hint: string | undefined;
  readonly error: string | undefined;
}

/** The sign-in page: one button an account, and a field for others. Every form posts `login`. */
export const renderSignInPage = (page: SignInPage): string => eta.renderString(PAGE, page);
