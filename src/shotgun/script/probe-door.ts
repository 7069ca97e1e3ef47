import { toAppError } from '../../base/errors.ts';
import type { Login } from '../../base/ids.ts';
import { isSuccess } from '../../base/units.ts';
import { allOf, type FilterGroup } from '../port/requests.ts';
import { scopeOptions } from '../calls/search.ts';
import { claimsOf, type TokenDeps, type Granted, requestGrant } from '../wire/grant.ts';
import { entityPath, type HttpCall, SCRIPT } from '../wire/http-call.ts';
import { createRawCalls, type RawAnswer, type RawCalls } from '../wire/raw-calls.ts';
import { isTooMuch } from '../wire/retry-after.ts';
import type { AnyToken, ScriptToken } from '../wire/tokens.ts';
import { toRecordError } from '../wire/site-errors.ts';
import type { ScriptDoorDeps } from './script-door.ts';
import { mintScriptToken, scriptGrant } from './script-token.ts';
import { mintPersonToken } from './sudo-token.ts';

export type ProbeDoorDeps = ScriptDoorDeps;

/** A search as it is sent: what is left out here is left out on the wire. */
export interface ProbeSearch {
  readonly filter?: FilterGroup;
  readonly fields?: readonly string[];
  readonly sort?: string;
  readonly size: number;
  /** By default with rows of archived projects, as in every read of the server; null leaves the option out. */
  readonly options?: null;
}

/** Reads of the probe, as the script or as a person. */
export interface Reads {
  search(type: string, search: ProbeSearch): Promise<RawAnswer>;
  /** @param path below `/api/v1` */
  get(path: string): Promise<RawAnswer>;
}

/** Writes of the probe, only ever as a person. */
export interface Writes {
  send(method: 'POST' | 'PUT', path: string, body?: object): Promise<RawAnswer>;
  /** Retires a record, also after Ctrl+C and after the site asked for fewer calls. */
  remove(type: string, id: number): Promise<RawAnswer>;
  /** A search that is made then, too. */
  findAgain(type: string, search: ProbeSearch): Promise<RawAnswer>;
}

/** The site answered 429 or 503: nothing more is asked. */
export class SiteHasEnough extends Error {
  override readonly name = 'SiteHasEnough';
}

const EVERY_ROW = allOf();

/** Two calls at a time, as the command promises. */
const AT_ONCE = 2;

/**
 * Asks the site the questions of `shotgraph probe`: reads as the script, and reads and writes as a person that the
 * administrator names. It cannot write as the script. After the first 429 or 503 it asks nothing more.
 */
export class ProbeDoor {
  readonly #deps: ScriptDoorDeps;
  readonly #calls: RawCalls;
  readonly #signal: AbortSignal;
  #script: Promise<ScriptToken> | undefined;
  #refusal: RawAnswer | undefined;
  #sent = 0;

  constructor(deps: ScriptDoorDeps, signal: AbortSignal, atOnce = AT_ONCE) {
    this.#deps = deps;
    this.#signal = signal;
    this.#calls = createRawCalls(deps.settings, atOnce);
  }

  /** The answer with which the site asked for fewer calls. */
  get refusal(): RawAnswer | undefined {
    return this.#refusal;
  }

  /** Calls sent so far, tokens apart. */
  get sent(): number {
    return this.#sent;
  }

  /** As the script: reads only. */
  get script(): Reads {
    return this.#reads(() => this.#scriptToken(), SCRIPT);
  }

  /** What the site tells everybody, without a token. */
  about(): Promise<RawAnswer> {
    return this.#send({ method: 'GET', path: '', operation: 'probe', isRepeatable: true }, null);
  }

  /**
   * As this person.
   *
   * @throws AppError the refusals of `sudo`
   */
  async as(login: Login): Promise<Reads & Writes> {
    const { token } = await mintPersonToken(this.#tokenDeps(), { login, sessionUuid: null });
    const call = { operation: 'probe', isRepeatable: false, person: login } as const;
    return {
      ...this.#reads(async () => token, login),
      send: (method, path, body) =>
        this.#send(
          {
            ...{ ...call, method, path },
            ...(body !== undefined && { body: { mediaType: 'json', text: JSON.stringify(body) } }),
          },
          token,
        ),
      remove: (type, id) =>
        this.#calls.send({ ...call, method: 'DELETE', path: entityPath(type, id) }, token),
      findAgain: (type, search) => this.#calls.send({ ...call, ...searchCall(type, search) }, token),
    };
  }

  /**
   * Asks for a token of this person, in this spelling. Nothing is read with it.
   *
   * @throws AppError the refusals of `sudo`
   */
  sudo(login: string): Promise<Granted> {
    const scope = { scope: `sudo_as_login:${login}` };
    return requestGrant(this.#tokenDeps(), { ...scriptGrant(this.#tokenDeps()), ...scope }, login);
  }

  /** A token of the script, not used to read anything. */
  grant(): Promise<Granted> {
    return requestGrant(this.#tokenDeps(), scriptGrant(this.#tokenDeps()), SCRIPT);
  }

  /** Whether the token that a sudo token is refreshed to still names the person. It is not used. */
  async keepsSudo(login: Login): Promise<boolean | null> {
    const { refreshToken } = await this.sudo(login);
    if (refreshToken === null) return null;
    const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const { value } = await requestGrant(this.#tokenDeps(), parameters, login);
    return claimsOf(value).sudoAsLogin !== null;
  }

  /**
   * Another door with its own token and connections.
   *
   * @throws SiteHasEnough if the site asked for fewer calls
   */
  another(atOnce: number): ProbeDoor {
    if (this.#refusal !== undefined) throw new SiteHasEnough();
    return new ProbeDoor(this.#deps, this.#signal, atOnce);
  }

  /** Counts the calls of the other door, and stops here as well if the site asked for fewer calls there. */
  note({ refusal, sent }: ProbeDoor): void {
    this.#refusal ??= refusal;
    this.#sent += sent;
  }

  async close(): Promise<void> {
    await this.#calls.close();
  }

  #reads(tokenOf: () => Promise<AnyToken>, person: string): Reads {
    const send = async (call: Pick<HttpCall, 'method' | 'path' | 'body'>): Promise<RawAnswer> =>
      this.#send({ ...call, operation: 'probe', isRepeatable: true, person }, await tokenOf());
    return {
      search: (type, search) => send(searchCall(type, search)),
      get: (path) => send({ method: 'GET', path }),
    };
  }

  /** Tokens are asked for like everything else: once each, and not after the site asked for fewer calls. */
  #tokenDeps(): TokenDeps {
    const { settings, clock } = this.#deps;
    return {
      ...{ settings, clock },
      transport: {
        // Each call has its own time.
        inTime: (run) => run(this.#signal),
        send: async (call, token, signal) => {
          const answer = await this.#sendOnce(call, token, signal);
          if (isTooMuch(answer)) throw new SiteHasEnough();
          return answer;
        },
      },
    };
  }

  #scriptToken(): Promise<ScriptToken> {
    this.#script ??= mintScriptToken(this.#tokenDeps()).then(({ token }) => token);
    return this.#script;
  }

  async #send(call: HttpCall, token: AnyToken | null): Promise<RawAnswer> {
    // A write that was sent is waited for: only its answer says what has to be deleted.
    const signal = call.isRepeatable ? this.#signal : undefined;
    this.#throwIfOver();
    this.#sent += 1;
    const { person } = call;
    try {
      const answer = await this.#sendOnce(call, token, signal);
      const failure = isSuccess(answer.status) ? null : toRecordError(answer, call).code;
      if (person === SCRIPT) this.#deps.onScriptRead({ door: 'probe', id: null, failure });
      return answer;
    } catch (error) {
      const { code: failure } = toAppError(error);
      if (person === SCRIPT) this.#deps.onScriptRead({ door: 'probe', id: null, failure });
      throw error;
    }
  }

  async #sendOnce(call: HttpCall, token: AnyToken | null, signal?: AbortSignal): Promise<RawAnswer> {
    this.#throwIfOver();
    const answer = await this.#calls.send(call, token, signal);
    if (isTooMuch(answer)) this.#refusal ??= answer;
    return answer;
  }

  /** @throws SiteHasEnough after the first 429 or 503, the signal's reason after Ctrl+C */
  #throwIfOver(): void {
    if (this.#refusal !== undefined) throw new SiteHasEnough();
    this.#signal.throwIfAborted();
  }
}

const searchCall = (type: string, search: ProbeSearch): Pick<HttpCall, 'method' | 'path' | 'body'> => ({
  method: 'POST',
  path: `${entityPath(type)}/_search`,
  body: { mediaType: 'search', text: JSON.stringify(bodyOf(search)) },
});

const bodyOf = ({ filter = EVERY_ROW, fields, sort, size, options }: ProbeSearch): object => ({
  filters: filter,
  ...(fields !== undefined && { fields: fields.join(',') }),
  ...(sort !== undefined && { sort }),
  page: { size, number: 1 },
  ...(options !== null && { options: scopeOptions() }),
});
