import { Eta } from 'eta';
import type { PageScript } from './page-scripts.ts';
import { PAGE_STYLE } from './page-style.ts';

const TEMPLATE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %> - Shotgraph</title>
<style><%~ it.style %></style>
</head>
<body>
<main<% for (const [name, value] of Object.entries(it.data)) { %> data-<%= name %>="<%= value %>"<% } %>>
<p class="brand">Shotgraph</p>
<%~ it.content %>
</main>
<script><%~ it.script.text %></script>
</body>
</html>
`;

const eta = new Eta({ autoEscape: true, autoTrim: false });
const template = eta.compile(TEMPLATE);

export interface ScriptPage {
  readonly title: string;
  /** Values for the script, as attributes of the page: the script itself is the same for everybody. */
  readonly data: Readonly<Record<string, string>>;
  /** Markup of ours, already escaped. */
  readonly content: string;
  readonly script: PageScript;
}

/** A page with a script of ours. */
export const renderScriptPage = (page: ScriptPage): string =>
  eta.render(template, { ...page, style: PAGE_STYLE });

/** Fills a piece of markup with texts, each escaped. */
export const fillMarkup = (markup: string, texts: Readonly<Record<string, unknown>>): string =>
  eta.renderString(markup, texts);
