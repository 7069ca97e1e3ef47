import type { Login } from '../../base/ids.ts';
import type { Described, Directory, PersonLogin } from './directory.ts';
import type { Self, Standing } from '../port/actor.ts';
import type { ActingOptions, Shotgun } from '../client/shotgun.ts';

export interface People {
  /** Everybody whose e-mail is this one, A to Z being the same as a to z; none for an empty one. */
  loginsByEmail(email: string): Promise<readonly PersonLogin[]>;
  /** What the site knows of somebody whom nobody may act as; undefined where there is none of that login. */
  describe(login: Login): Promise<Described | undefined>;
  /** The login that is this one but for letter case, where there is one. */
  nearLogin(login: Login): Promise<Login | undefined>;
  /** The same by id, whatever the login is now. */
  describeById(id: number): Promise<Described | undefined>;
  /**
   * The person behind the login, read as that person.
   *
   * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, the refusals of `sudo`, or that the site is out of order
   */
  self(login: Login): Promise<Self>;
  /** Who the person is by now, as `Shotgun.standing` has it. */
  standing(login: Login, options: ActingOptions): Promise<Standing | undefined>;
}

export interface PeopleDeps {
  readonly directory: Directory;
  readonly shotgun: Pick<Shotgun, 'identify' | 'standing'>;
}

/** Finds the one `HumanUser` that somebody who has just signed in is. */
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
