import { DEMO_NAMES } from '../site/demo/people.ts';

export interface IdpPerson {
  /** The account: the text typed at the sign-in form, and the claim `preferred_username`. */
  readonly login: string;
  readonly name: string;
  readonly email: string;
  /** Stable and opaque; not the login. */
  readonly subject: string;
}

const subjectOf = (number: number): string => `b7f1c6d2-${String(number).padStart(4, '0')}`;

/** Tests and docs know these subjects: of the site's first four people, and of `nobody`. */
const FIRST_ID = 30;
const FIXED_COUNT = 4;
const NOBODY: IdpPerson = {
  login: 'nobody',
  name: 'Nobody Inparticular',
  email: 'nobody@lantern.example',
  subject: subjectOf(FIXED_COUNT + 1),
};

const everybody = DEMO_NAMES.map(({ id, login, name, email }, index): IdpPerson => ({
  ...{ login, name, email },
  subject: subjectOf(index < FIXED_COUNT ? id - FIRST_ID : id),
}));

/** Everyone who can click at the demo's site can sign in here; `nobody` has no user in ShotGrid. */
export const DEMO_PEOPLE: readonly IdpPerson[] = [
  ...everybody.slice(0, FIXED_COUNT),
  NOBODY,
  ...everybody.slice(FIXED_COUNT),
];
