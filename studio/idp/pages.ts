import { Eta } from 'eta';
import type { IdpPerson } from './people.ts';

const eta = new Eta({ autoEscape: true });

const HEAD = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title><%= it.title %> · Lantern single sign-on</title>
  <link rel="icon" href="data:,">
  <style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, CanvasText 22%, Canvas); }
    * { box-sizing: border-box; }
    body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: color-mix(in srgb, CanvasText 4%, Canvas); color: CanvasText; }
    main { width: min(23rem, 92vw); margin: 1rem 0; padding: 2rem; background: Canvas; border: 1px solid var(--line); border-radius: 14px; }
    h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
    p { margin: 0 0 1.1rem; opacity: .8; }
    form { margin: 0; }
    .people { display: grid; gap: .5rem; max-height: 22rem; overflow: auto; margin: 0 -.75rem 1.25rem; padding: .25rem .75rem; }
    button { font: inherit; display: flex; justify-content: space-between; gap: 1rem; width: 100%; padding: .6rem .8rem; border-radius: 9px; border: 1px solid var(--line); background: Canvas; color: CanvasText; text-align: left; cursor: pointer; }
    button:hover { border-color: CanvasText; }
    :focus-visible { outline: 2px solid LinkText; outline-offset: 1px; }
    .expected { border-color: LinkText; border-width: 2px; }
    small { opacity: .7; }
    label { display: block; margin-bottom: .25rem; }
    .other { display: grid; grid-template-columns: 1fr auto; gap: .5rem; }
    .other button { width: auto; }
    input { font: inherit; min-width: 0; padding: .5rem .6rem; border-radius: 9px; border: 1px solid var(--line); background: Canvas; color: CanvasText; }
    .error { color: light-dark(#b3261e, #ff8a80); opacity: 1; }
  </style>
</head>
<body>
<main>`;

const SIGN_IN = `${HEAD}
  <h1>Lantern single sign-on</h1>
  <p>The identity provider of the studio in a box. Choose who you are; there are no passwords here.</p>
  <% if (it.error) { %><p class="error" role="alert"><%= it.error %></p><% } %>
  <div class="people">
    <% for (const person of it.people) { const isExpected = person.login === it.hint; %>
    <form method="post" action="<%= it.action %>">
      <input type="hidden" name="login" value="<%= person.login %>">
      <button type="submit"<% if (isExpected) { %> class="expected" autofocus<% } %>><%= person.name %> <small><%= person.login %></small></button>
    </form>
    <% } %>
  </div>
  <form method="post" action="<%= it.action %>">
    <label for="login">Another account</label>
    <div class="other">
      <input id="login" name="login" value="<%= it.typed %>" autocomplete="username" autocapitalize="none" required>
      <button type="submit">Go on</button>
    </div>
  </form>
</main>
</body>
</html>`;

const NOTICE = `${HEAD}
  <h1><%= it.title %></h1>
  <p><%= it.text %></p>
</main>
</body>
</html>`;

/** The form comes from the provider as markup; it submits itself, and has a button for browsers without scripts. */
const LOGOUT = `${HEAD}
  <h1><%= it.title %></h1>
  <%~ it.form %>
  <button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
  <script>document.querySelector('button').click();</script>
</main>
</body>
</html>`;

export interface SignInPage {
  /** Where the form posts to. */
  readonly action: string;
  readonly people: readonly IdpPerson[];
  /** Login that the client expects (`login_hint`); its button is marked and has the focus. */
  readonly hint?: string | undefined;
  readonly typed?: string | undefined;
  readonly error?: string | undefined;
}

/** The sign-in page: one button an account, and a field for others. Every form posts `login`. */
export const renderSignInPage = (page: SignInPage): string => {
  const isExpected = ({ login }: IdpPerson): boolean => login === page.hint;
  // The expected person comes first, because the list is long.
  const people = [...page.people].sort((a, b) => Number(isExpected(b)) - Number(isExpected(a)));
  return eta.renderString(SIGN_IN, { title: 'Sign in', hint: '', typed: '', error: '', ...page, people });
};

/** A page with a message only. */
export const renderNotice = (title: string, text: string): string =>
  eta.renderString(NOTICE, { title, text });

/** The page that ends the provider's session without a question. `form` is the provider's own. */
export const renderLogoutPage = (form: string): string =>
  eta.renderString(LOGOUT, { title: 'Signing out', form });
