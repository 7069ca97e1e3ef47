import { pageOf } from './layout.ts';

/** Where the person continues: a path, or the frame that waits for this window. */
export interface LinkPlace {
  readonly name: 'returnTo' | 'window';
  readonly value: string;
}

/** The contents of the page on which a person links their own ShotGrid account. */
export interface LinkPage {
  readonly displayName: string;
  readonly login: string;
  readonly place: LinkPlace;
  /** Where to approve on the site, once an approval was requested. */
  readonly approvalUrl: string | null;
  /** Why the last try failed. */
  readonly problem: string | null;
}

const TITLE = 'Link your ShotGrid account';

const render = pageOf(`<h1>${TITLE}</h1>
<p>You are signed in as <%= it.displayName %>. ShotGrid does not let this server act for you; for administrators that is the default. Link your own account, and what you do here is done with it, as you. The link ends with this session at the latest.</p>
<% if (it.problem) { %><p role="alert"><strong><%= it.problem %></strong></p>
<% } %><% if (it.approvalUrl) { %><ol>
<li><a href="<%= it.approvalUrl %>" target="_blank" rel="noopener noreferrer">Approve "Shotgraph" in ShotGrid</a> (opens a new tab)</li>
<li>Come back and continue here.</li>
</ol>
<form method="post" action="/auth/link/approved"><input type="hidden" name="<%= it.place.name %>" value="<%= it.place.value %>"><button class="button" type="submit">I have approved it</button></form>
<% } else { %><form method="post" action="/auth/link/approval"><input type="hidden" name="<%= it.place.name %>" value="<%= it.place.value %>"><button class="button" type="submit">Approve in ShotGrid</button></form>
<% } %><details class="note"<% if (it.problem && !it.approvalUrl) { %> open<% } %>>
<summary>With a passphrase instead</summary>
<p>The legacy login and passphrase of your ShotGrid account; with Autodesk Identity it needs a personal access token bound to the account. The passphrase is sent to ShotGrid once and not kept.</p>
<form method="post" action="/auth/link/passphrase" autocomplete="off">
<input type="hidden" name="<%= it.place.name %>" value="<%= it.place.value %>">
<p><label>Login<br><input name="login" required value="<%= it.login %>"></label></p>
<p><label>Passphrase<br><input name="passphrase" type="password" required autocomplete="off"></label></p>
<button class="button quiet" type="submit">Link</button>
</form>
</details>
`);

export const renderLinkPage = (page: LinkPage): string => render(page, { title: TITLE });
