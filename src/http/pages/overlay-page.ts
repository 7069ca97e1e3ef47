import { pageOf } from './layout.ts';
import type { PageScript } from './page-scripts.ts';

export interface OverlayPage {
  readonly launchId: string;
  readonly newTabUrl: string;
  /** The browser blocks the frame's cookies: only a new tab can continue. */
  readonly isBlocked: boolean;
  /** Parameters of a further sign-in that the front end needs, for its window; '' if the frame needs none. */
  readonly again: string;
}

const render = pageOf(`<h1 id="heading">Opening your selection</h1>
<p id="text" role="status">One moment.</p>
<p id="number" class="number" hidden></p>
<div class="actions">
<button id="sign-in" class="button" type="button" hidden>Sign in</button>
<a id="new-tab" class="button<% if (!it.isBlocked) { %> quiet<% } %>" href="<%= it.newTabUrl %>" target="_blank" rel="noopener">Open in a new tab</a>
</div>
<noscript><p>Your browser runs no scripts here, so this opens in a new tab only.</p></noscript>
`);

export const renderOverlayPage = (page: OverlayPage, script: PageScript): string => {
  const { launchId: launch, isBlocked, again } = page;
  return render(page, { title: 'Sign in', data: { launch, blocked: String(isBlocked), again }, script });
};
