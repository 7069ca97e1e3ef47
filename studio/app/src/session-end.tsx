import { useEffect, useState } from 'react';
import { keepSession, type SessionTimes } from './session-watch.ts';

const WARNED_BEFORE_MS = 120_000;
const LOOK_MS = 1000;

interface SessionEndProps {
  readonly times: SessionTimes | null;
  readonly onTimes: (times: SessionTimes) => void;
}

/** Says beforehand that the session will end: nobody shall lose what they are writing. */
export function SessionEnd({ times, onTimes }: SessionEndProps) {
  const nowMs = useNow();
  const [hasFailed, setFailed] = useState(false);
  const stay = (): void => {
    setFailed(false);
    void keepSession().then(onTimes, () => setFailed(true));
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
