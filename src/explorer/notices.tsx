import { useEffect, useState } from 'react';
import { MS_PER_SECOND } from '../base/units.ts';
import { type AnswerNews, onAnswer } from './answers.ts';
import { HANDSHAKE_MS } from './sandbox/sandbox.ts';
import { SANDBOX_ORIGIN } from './sandbox/sandbox-messages.ts';
import type { Who } from './use-session.ts';

interface NoticesProps {
  readonly who: Who;
  readonly isSandboxSilent: boolean;
  readonly staysOpen: boolean;
}

const HOST = new URL(SANDBOX_ORIGIN).host;
const SECONDS = HANDSHAKE_MS / MS_PER_SECOND;

/** Recent events, and the next steps. */
export function Notices({ who, isSandboxSilent, staysOpen }: NoticesProps) {
  const me = who.kind === 'person' ? who.person.person.id : undefined;
  const [last, setLast] = useState<{ readonly news: AnswerNews; readonly me: number | undefined }>();
  useEffect(() => onAnswer((news) => setLast({ news, me })), [me]);
  const news = last === undefined || isOver(last.me, me) ? undefined : last.news;
  // After a new sign-in the advice to sign in is done.
  const advice = (news?.advice ?? []).filter(({ code }) => me === undefined || code !== 'UNAUTHENTICATED');
  return (
    <div className="notices" role="status">
      {who.kind === 'nobody' && who.before !== undefined && (
        <p>
          <strong>Your session has ended.</strong> What you typed is still here: sign in
          {staysOpen && ' (that opens another tab)'}, and run it again.
        </p>
      )}
      {who.kind === 'person' && who.before !== undefined && who.before.person.id !== me && (
        <p>
          You ask as {who.person.displayName} now; before, it was {who.before.displayName}.
        </p>
      )}
      {isSandboxSilent && (
        <p>
          Apollo Sandbox did not answer within {SECONDS} seconds, so this is GraphiQL. The Sandbox comes from{' '}
          {HOST}, so it needs the internet; GraphiQL does not.
        </p>
      )}
      {news?.isSilent === true && <p>This server did not answer. See whether it runs, then try again.</p>}
      {advice.map(({ code, text, requestId, link }) => (
        <p key={code} data-testid="advice">
          <code>{code}</code> {text}{' '}
          {link !== undefined && (
            <a href={link.href} target={staysOpen ? '_blank' : undefined}>
              {link.label}
            </a>
          )}
          {requestId !== undefined && <small> (request {requestId})</small>}
        </p>
      ))}
    </div>
  );
}

/** Notices for another person are not shown to this one. */
const isOver = (before: number | undefined, now: number | undefined): boolean =>
  before !== undefined && now !== undefined && before !== now;
