import { pageOf } from './layout.ts';
import type { PageScript } from './page-scripts.ts';

export interface OverlayPage {
  readonly launchId: string;
  readonly newTabUrl: string;
  /** The browser keeps no cookies of the frame: only a new tab can go on. */
  readonly isBlocked: boolean;
  /** A further sign-in that the front end has come for, as its window asks for it; '' where the frame needs none. */
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
