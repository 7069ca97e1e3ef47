export interface IdpPerson {
  /** The account: what is typed at the sign-in form, and the claim `preferred_username`. */
  readonly login: string;
  readonly name: string;
  readonly email: string;
  /** Stable and opaque; not the login. */
  readonly subject: string;
}

/** The demo people who can sign in; `nobody` has no person in ShotGrid. */
export const DEMO_PEOPLE: readonly IdpPerson[] = [
  { login: 'mira', name: 'Mira Okafor', email: 'mira@lantern.example', subject: 'b7f1c6d2-0001' },
  { login: 'joao', name: 'João Almeida', email: 'joao@lantern.example', subject: 'b7f1c6d2-0002' },
  { login: 'ada', name: 'Ada Lindqvist', email: 'ada@lantern.example', subject: 'b7f1c6d2-0003' },
  { login: 'kenji', name: 'Kenji Mori', email: 'kenji@lantern.example', subject: 'b7f1c6d2-0004' },
  { login: 'nobody', name: 'Nobody Inparticular', email: 'nobody@lantern.example', subject: 'b7f1c6d2-0005' },
];
