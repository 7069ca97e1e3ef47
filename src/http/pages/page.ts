import type { PageAction } from '../request/request-state.ts';
import { pageOf } from './layout.ts';

/** The contents of a page of ours without a script. */
export interface Page {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly links?: readonly { readonly label: string; readonly href: string }[];
  readonly actions: readonly PageAction[];
  /** Shown small, for a report to an administrator. */
  readonly requestId?: string | undefined;
  readonly code?: string | undefined;
}

const render = pageOf(`<h1><%= it.title %></h1>
<% for (const paragraph of it.paragraphs) { %><p><%= paragraph %></p>
<% } %><% if (it.links && it.links.length > 0) { %><ul>
<% for (const link of it.links) { %><li><a href="<%= link.href %>"><%= link.label %></a></li>
<% } %></ul>
<% } %><% if (it.actions.length > 0) { %><div class="actions">
<% for (const action of it.actions) { %><% if (action.post) { %><form method="post" action="<%= action.href %>"><input type="hidden" name="<%= action.post.name %>" value="<%= action.post.value %>"><button class="button" type="submit"><%= action.label %></button></form>
<% } else { %><a class="button" href="<%= action.href %>"><%= action.label %></a>
<% } %><% } %></div>
<% } %><% if (it.requestId) { %><p class="note">For an administrator: <% if (it.code) { %><%= it.code %>, <% } %>request <%= it.requestId %></p>
<% } %>`);

export const renderPage = (page: Page): string => render(page, { title: page.title });
