import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import type { SessionTimes } from 'shotgraph-client';
import { shotgraph } from './client.ts';
import { KeepSessionDocument } from './gql/graphql.ts';

const WARNED_BEFORE_MS = 120_000;
const LOOK_MS = 1000;

interface SessionEndProps {
  readonly times: SessionTimes | null;
}

/** Says beforehand that the session will end: nobody shall lose what they are writing. */
export function SessionEnd({ times }: SessionEndProps) {
  const client = useApolloClient();
  const nowMs = useNow();
  const [hasFailed, setFailed] = useState(false);
  const stay = (): void => {
    setFailed(false);
    const ask = (): Promise<unknown> =>
      client.query({ query: KeepSessionDocument, fetchPolicy: 'network-only' });
    void shotgraph.session.stay(ask).catch(() => setFailed(true));
  };
  if (times === null) return null;
  const endsAtMs = Date.parse(times.expiresAt);
  const leftMs = endsAtMs - nowMs;
  if (leftMs <= 0 || leftMs > WARNED_BEFORE_MS) return null;
  const canBeKept = times.expiresAt !== times.endsAt;
  const at = new Date(endsAtMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <p className="session-end" role="status" data-testid="session-end">
      Your session ends at {at}.{' '}
      {canBeKept ? (
        <button type="button" className="button" onClick={stay}>
          Stay signed in
        </button>
      ) : (
        'Sign in again then: what you are writing stays here.'
      )}
      {hasFailed ? ' The server could not be asked. Try again.' : null}
    </p>
  );
}

function useNow(): number {
  const [nowMs, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
