import type { Login } from '../../base/ids.ts';
import type { Transport } from '../wire/transport.ts';
import { PersonCaller, type TokenSource } from '../wire/person-caller.ts';
import { AppError } from '../../base/errors.ts';
import type { GrantDeps } from '../wire/grant.ts';
import type { Minted, PersonToken } from '../wire/tokens.ts';
import { mintPersonToken } from '../script/sudo-token.ts';
import type { OwnAccounts } from './own-accounts.ts';
import type { ScriptHealth } from '../script/script-health.ts';
import { type OnJoined, ReadsUnderWay } from './reads-under-way.ts';
import { TokenCache } from '../wire/token-cache.ts';
import { readSelf } from '../calls/self.ts';
import type { Self, Actor, Standing } from '../port/actor.ts';

/**
 * The transport within one person's share: a maximum of calls at once, however many pages are open; the rest queue.
 * So one person's large page cannot take every connection from the others.
 *
 * @param isBounded false for calls that the person's other calls wait for: no call can hold the place that its own
 *   token needs
 */
function shareOfPerson(
  transport: Transport,
  { login, personId }: Pick<Actor, 'login' | 'personId'>,
  isBounded: boolean,
): Transport {
  const share = { of: ownerOf({ login, personId }), isBounded };
  return { ...transport, send: (call, token, signal) => transport.send({ ...call, share }, token, signal) };
}

/** An id of the person that stays theirs, where it is known. */
const ownerOf = ({ login, personId }: Pick<Actor, 'login' | 'personId'>): string =>
  personId === null ? login : String(personId);

/** Enough for each person's open launches. A token takes half a kilobyte. */
const MAX_TOKENS = 5000;

interface PersonCallerDeps extends GrantDeps {
  readonly own?: Pick<OwnAccounts, 'mint' | 'spoil'>;
  readonly health: Pick<ScriptHealth, 'watch'>;
  readonly onJoined?: OnJoined;
}

interface PersonCallers {
  callerOf(actor: Actor): PersonCaller;
  /** No read of the person joins one that has begun by now. */
  noteChange(actor: Actor): void;
  /** The current holder of the login. The token that was minted for this read is kept for that person. */
  identify(login: Login): Promise<Self>;
  standing(actor: Actor): Promise<Standing | undefined>;
}

/**
 * Creates callers whose tokens are cached per person, login, ShotGrid window and (if used) own linked account. All
 * callers of a login share one share of the connections.
 */
export function createPersonCallers(deps: PersonCallerDeps): PersonCallers {
  const cache = new TokenCache<PersonToken>(deps.clock, MAX_TOKENS);
  const tokensOf = (actor: Actor): TokenSource<PersonToken> => {
    const key = keyOf(actor);
    return {
      get: (signal) => cache.get(key, (known) => mint(deps, actor, known), signal),
      async forget(token) {
        cache.forget(key, token);
        const { own } = actor;
        if (own !== null && own.account !== null) await deps.own?.spoil(own.account, token);
      },
    };
  };
  const reads = new ReadsUnderWay(deps.onJoined);
  return {
    callerOf(actor) {
      const transport = shareOfPerson(deps.transport, actor, true);
      const asker = { of: ownerOf(actor), session: actor.session };
      return new PersonCaller(reads.through(transport, asker), tokensOf(actor), actor.login);
    },
    noteChange: (actor) => reads.forget(ownerOf(actor)),
    async identify(login) {
      const minted = await mintKnown(deps, { login, personId: null, sessionUuid: null });
      const { standing } = minted.token;
      // Drop tokens of the login's former holder. On a site where a token follows its login, they act as the new
      // holder.
      const [ofLogin, ofPerson] = [loginPart(login), keyStart(login, standing.id)];
      cache.forgetWhere((key) => key.startsWith(ofLogin) && !key.startsWith(ofPerson));
      cache.put(keyOf({ login, personId: standing.id, sessionUuid: null, own: null, session: null }), minted);
      const { login: _, ...self } = standing;
      return self;
    },
    async standing(actor) {
      return (await tokensOf(actor).get(new AbortController().signal)).standing ?? undefined;
    },
  };
}

const keyOf = ({ login, personId, sessionUuid, own }: Actor): string =>
  `${keyStart(login, personId)}${JSON.stringify([sessionUuid, own])}`;
const keyStart = (login: Login, personId: number | null): string => `${loginPart(login)}${personId}|`;
/** As JSON, so that no login's key is a prefix of another's. */
const loginPart = (login: Login): string => `${JSON.stringify(login)}|`;

async function mint(
  deps: PersonCallerDeps,
  actor: Actor,
  known: Minted<PersonToken> | null,
): Promise<Minted<PersonToken>> {
  const { login, personId, sessionUuid, own } = actor;
  if (own === null) {
    if (personId === null) return mintBySudo(deps, actor);
    const minted = await mintKnown(deps, actor);
    // The login was reassigned: never act as its new holder for the former one.
    if (minted.token.standing.id !== personId) throw new AppError('MAPPING_CHANGED');
    return minted;
  }
  // Never use `sudo` for a person who has to act through their own account.
  if (own.account === null || deps.own === undefined) throw new AppError('OWN_ACCOUNT_NEEDED');
  return deps.own.mint(
    own.account,
    { login, personId: own.personId },
    { sessionUuid, usedUntilMs: known?.renewAtMs ?? null },
  );
}

type BySudo = Pick<Actor, 'login' | 'personId' | 'sessionUuid'>;

function mintBySudo(deps: PersonCallerDeps, actor: BySudo): Promise<Minted<PersonToken>> {
  const transport = shareOfPerson(deps.transport, actor, false);
  return deps.health.watch(actor.login, () => mintPersonToken({ ...deps, transport }, actor));
}

/**
 * A `sudo` token, and the person that it acts as. That read skips the person's queue, because the queued calls
 * wait for it.
 */
async function mintKnown(
  deps: PersonCallerDeps,
  actor: BySudo,
): Promise<Minted<PersonToken & { readonly standing: Standing }>> {
  const { login } = actor;
  const { token, ...times } = await mintBySudo(deps, actor);
  const only: TokenSource<PersonToken> = { get: async () => token, forget: () => undefined };
  const self = await readSelf(new PersonCaller(shareOfPerson(deps.transport, actor, false), only, login));
  return { token: { ...token, standing: { ...self, login } }, ...times };
}
