import { AppError, toAppError } from '../../base/errors.ts';
import { beginTimes, type CallTimes, untilEnded } from '../port/records.ts';
import { toAbortError } from '../wire/connection-errors.ts';
import type { HttpAnswer, HttpCall } from '../wire/http-call.ts';
import type { AnyToken } from '../wire/tokens.ts';
import type { Transport } from '../wire/transport.ts';

/** Who asks: a session of a person. */
export interface Asker {
  /** The person, by an id that stays theirs. */
  readonly of: string;
  /** Without one, no read is joined: those that a write begins with have to be new. */
  readonly session: string | null;
}

/** One read whose answer was sent to this request and to others. */
export type OnJoined = (read: { readonly kind: string }) => void;

interface Joining {
  readonly call: HttpCall;
  readonly token: AnyToken | null;
  /** Of this waiter. */
  readonly signal: AbortSignal;
}

/**
 * The reads of people that are at the site now. Equal ones of one session are one call: of two tabs, or of two parts of
 * a page. Nothing is kept once the answer is there.
 *
 * A read is equal if its call and its token are: the token stands for the person, the login, the window and the way of
 * acting. So the checks that a renewed token makes are not put off by a call that began before them.
 */
export class ReadsUnderWay {
  /** By person, and then by session and call. */
  readonly #people = new Map<string, Map<string, ReadUnderWay>>();
  readonly #onJoined: OnJoined;

  constructor(onJoined: OnJoined = () => undefined) {
    this.#onJoined = onJoined;
  }

  /** The transport of one session. All of the person's calls have to take such a one. */
  through(transport: Transport, asker: Asker): Transport {
    return {
      ...transport,
      send: (call, token, signal) => {
        if (call.isShareable !== true) return this.#change(asker, () => transport.send(call, token, signal));
        if (asker.session === null) return transport.send(call, token, signal);
        return this.#read(transport, asker, { call, token, signal });
      },
    };
  }

  /** From here on nothing of this person joins a read that has begun: the person may have changed something. */
  forget(person: string): void {
    this.#people.delete(person);
  }

  /** A read that begins while the change is made may have come before it, too. */
  async #change(asker: Asker, send: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    this.forget(asker.of);
    try {
      return await send();
    } finally {
      this.forget(asker.of);
    }
  }

  async #read(transport: Transport, { of, session }: Asker, joining: Joining): Promise<HttpAnswer> {
    const { call, token, signal } = joining;
    if (signal.aborted) throw toAbortError(signal, call);
    const reads = this.#people.get(of) ?? new Map<string, ReadUnderWay>();
    this.#people.set(of, reads);
    const key = [session, call.method, call.path, call.body?.text].join('\n');
    const known = reads.get(key);
    if (known?.canTake(token) === true) {
      this.#onJoined({ kind: call.operation });
      try {
        return await known.join(joining);
      } catch (error) {
        // It ran out of the time that the site has for one call. Who came later still has time.
        if (toAppError(error).code !== 'UPSTREAM_TIMEOUT' || signal.aborted) throw error;
        return this.#read(transport, { of, session }, joining);
      }
    }
    const read = new ReadUnderWay(transport, joining, () => {
      if (reads.get(key) === read) reads.delete(key);
      if (reads.size === 0 && this.#people.get(of) === reads) this.#people.delete(of);
    });
    reads.set(key, read);
    return read.begun(signal);
  }
}

/** One call, and everybody who waits for it. It is cut off once the last of them has left. */
class ReadUnderWay {
  readonly #call: HttpCall;
  readonly #token: AnyToken | null;
  readonly #left = new AbortController();
  readonly #answer: Promise<HttpAnswer>;
  #waiting = 0;
  /** Those of the latest attempt. */
  #times: CallTimes | undefined;

  constructor(transport: Transport, { call, token }: Joining, onEnd: () => void) {
    this.#call = call;
    this.#token = token;
    const onTimed = (times: CallTimes): void => {
      this.#times = times;
      call.onTimed?.(times);
    };
    this.#answer = transport.send({ ...call, onTimed }, token, this.#left.signal).finally(onEnd);
  }

  canTake(token: AnyToken | null): boolean {
    return this.#token === token && !this.#left.signal.aborted;
  }

  /** The answer for the one that began the call. */
  begun(signal: AbortSignal): Promise<HttpAnswer> {
    return this.#wait(signal, (error) => error);
  }

  /** The answer for one more. It sent nothing itself, and its error is its own: each request adds to it. */
  join({ call, signal }: Joining): Promise<HttpAnswer> {
    const times = beginTimes(call, { isJoined: true });
    return untilEnded(times, async () => {
      try {
        return await this.#wait(signal, (error) => copyOf(toAppError(error)));
      } finally {
        const beganAtMs = this.#times?.beganAtMs ?? null;
        times.beganAtMs = beganAtMs === null ? null : Math.max(beganAtMs, times.askedAtMs);
      }
    });
  }

  #wait(signal: AbortSignal, errorOf: (error: unknown) => unknown): Promise<HttpAnswer> {
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting -= 1;
        // The last one gets the error of the call itself, which says what became of it.
        if (this.#waiting === 0) this.#left.abort(signal.reason);
        else reject(toAbortError(signal, this.#call));
      };
      signal.addEventListener('abort', leave, { once: true });
      const end = (): void => signal.removeEventListener('abort', leave);
      void this.#answer.then(resolve, (error: unknown) => reject(errorOf(error))).finally(end);
    });
  }
}

/** Another error that says the same, for another request. */
const copyOf = ({ code, details, cause, operation, message }: AppError): AppError =>
  new AppError(code, { message, cause, ...(details && { details }), ...(operation && { operation }) });
