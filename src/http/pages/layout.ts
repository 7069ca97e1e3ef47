import { sha256 } from '../../base/digest.ts';
import { Eta } from 'eta';
import type { PageScript } from './page-scripts.ts';
import { PAGE_STYLE } from './page-style.ts';

/** The layout around the content of each of our pages. */
export interface Layout {
  readonly title: string;
  readonly script?: PageScript;
  /** Values for the script, as attributes of the page, so that the script itself is the same for everybody. */
  readonly data?: Readonly<Record<string, string>>;
}

const LAYOUT = `<!doctype html>
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
<%~ it.content %></main>
<% if (it.script) { %><script><%~ it.script.text %></script>
<% } %></body>
</html>
`;

const eta = new Eta({ autoEscape: true, autoTrim: false });
const layout = eta.compile(LAYOUT);

/** The only style that the pages' policy admits. */
export const PAGE_STYLE_SOURCE = `'sha256-${sha256(PAGE_STYLE, 'base64')}'`;

/**
 * A kind of page: its content is a template, compiled once, in which every text is escaped.
 *
 * @returns a function that renders such a page from its texts
 */
export function pageOf(content: string): (texts: object, around: Layout) => string {
  const template = eta.compile(content);
  return (texts, { title, script, data = {} }) =>
    eta.render(layout, { title, script, data, style: PAGE_STYLE, content: eta.render(template, texts) });
}
