import { createHash } from 'node:crypto';
import { Eta } from 'eta';
import type { PageAction } from '../request/request-state.ts';
import { PAGE_STYLE } from './page-style.ts';

/** All that a page of ours can show. Every text is escaped by the template. */
export interface Page {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly links?: readonly { readonly label: string; readonly href: string }[];
  readonly actions: readonly PageAction[];
  /** Shown small, for a report to an administrator. */
  readonly requestId?: string | undefined;
  readonly code?: string | undefined;
  /** Links open beside the frame that the page is shown in. */
  readonly opensNewTab?: boolean;
}

const TEMPLATE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %> - Shotgraph</title>
<style><%~ it.style %></style>
</head>
<body>
<main>
<p class="brand">Shotgraph</p>
<h1><%= it.title %></h1>
<% for (const paragraph of it.paragraphs) { %><p><%= paragraph %></p>
<% } %><% if (it.links && it.links.length > 0) { %><ul>
<% for (const link of it.links) { %><li><a href="<%= link.href %>"><%= link.label %></a></li>
<% } %></ul>
<% } %><% if (it.actions.length > 0) { %><div class="actions">
<% for (const action of it.actions) { %><% if (action.post) { %><form method="post" action="<%= action.href %>"><input type="hidden" name="<%= action.post.name %>" value="<%= action.post.value %>"><button class="button" type="submit"><%= action.label %></button></form>
<% } else { %><a class="button" href="<%= action.href %>"<% if (it.opensNewTab) { %> target="_blank" rel="noopener"<% } %>><%= action.label %></a>
<% } %><% } %></div>
<% } %><% if (it.requestId) { %><p class="note">For an administrator: <% if (it.code) { %><%= it.code %>, <% } %>request <%= it.requestId %></p>
<% } %></main>
</body>
</html>
`;

const eta = new Eta({ autoEscape: true, autoTrim: false });
const template = eta.compile(TEMPLATE);

/** The only style that the pages' policy admits. */
export const PAGE_STYLE_SOURCE = `'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`;

export function renderPage(page: Page): string {
  return eta.render(template, { ...page, style: PAGE_STYLE });
}
