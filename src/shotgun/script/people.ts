import type { Login } from '../../base/ids.ts';
import type { Described, Directory, PersonLogin } from './directory.ts';
import type { Self, Standing } from '../port/actor.ts';
import type { ActingOptions, Shotgun } from '../client/shotgun.ts';

export interface People {
  /** Every person with this e-mail, ignoring the case of A to Z; none for an empty one. */
  loginsByEmail(email: string): Promise<readonly PersonLogin[]>;
  /** The site's record of a person who may not be impersonated; undefined if the login is unknown. */
  describe(login: Login): Promise<Described | undefined>;
  /** A login that differs from this one only in letter case, if there is one. */
  nearLogin(login: Login): Promise<Login | undefined>;
  /** The same by id, whatever the current login is. */
  describeById(id: number): Promise<Described | undefined>;
  /**
   * The person behind the login, read as that person.
   *
   * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, the refusals of `sudo`, or a failure of the site
   */
  self(login: Login): Promise<Self>;
  /** The person's current state, as in `Shotgun.standing`. */
  standing(login: Login, options: ActingOptions): Promise<Standing | undefined>;
}

export interface PeopleDeps {
  readonly directory: Directory;
  readonly shotgun: Pick<Shotgun, 'identify' | 'standing'>;
}

/** Finds the `HumanUser` of a person who has just signed in. */
export function createPeople({ directory, shotgun }: PeopleDeps): People {
  return {
    loginsByEmail: (email) => directory.byEmail(email),
    describe: (login) => directory.byLogin(login),
    nearLogin: (login) => directory.nearLogin(login),
    describeById: (id) => directory.byId(id),
    self: (login) => shotgun.identify(login),
    standing: (login, options) => shotgun.standing(login, options),
  };
}
