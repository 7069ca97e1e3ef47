import type { Asked } from '../../identity/session/handovers.ts';
import { pageOf } from './layout.ts';
import type { PageScript } from './page-scripts.ts';

export interface WindowPage {
  readonly displayName: string;
  readonly code: string;
  readonly approval: string;
  readonly handoverId: string;
  readonly number: string;
  /** The frame that requested the session. */
  readonly asked: Asked;
}

const render = pageOf(`<h1>Signed in as <%= it.displayName %></h1>
<p id="text" role="status">This window closes by itself.</p>
<div id="question" hidden>
<p>ShotGrid asked for this sign-in: <%= it.who %> chose the menu item "<%= it.asked.ami %>" there at <%= it.time %>. Was that you, just now? If not, close this window.</p>
<p>Does ShotGrid show this number? Then go on there as <%= it.displayName %>. If it shows another one or none, close this window.</p>
<p class="number"><%= it.number %></p>
</div>
<div class="actions"><button id="continue" class="button" type="button" hidden>Continue in ShotGrid</button></div>
`);

export const renderWindowPage = (page: WindowPage, script: PageScript): string => {
  const { code, handoverId: handover, approval, asked } = page;
  const texts = { ...page, who: asked.login ?? 'somebody', time: timeOf(asked.atMs) };
  return render(texts, { title: 'Signed in', data: { code, handover, approval }, script });
};

/** `2026-09-04 17:42 UTC` */
const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
