import type { Switches } from '../ports.ts';

/** What the API facts leave unknown about tokens and sudo (API 1, 13): name -> default, choices, meaning. */
export const authSwitches = {
  'auth.userMethod': {
    byDefault: 'default',
    choices: ['default', 'oxygen'],
    section: '1.2',
    meaning:
      'how people sign in at the site, as `GET /api/v1` tells it: passwords of the site, or Autodesk Identity',
  },
  'auth.loginCase': {
    byDefault: 'sensitive',
    choices: ['sensitive', 'insensitive'],
    section: '1.4',
    meaning: 'whether upper and lower case differ in the login of a sudo scope',
  },
  'auth.sudoRefusalOrder': {
    byDefault: 'inactive_first',
    choices: ['inactive_first', 'flag_first'],
    section: '1.4',
    meaning: 'which refusal is told of a person who is both disabled and exempt from sudo',
  },
  'auth.sudoRight': {
    byDefault: 'api_admin',
    choices: ['api_admin', 'every_role', 'no_role'],
    section: '1.4',
    meaning: 'which permission roles hold the right to sudo',
  },
  'auth.staleToken': {
    byDefault: 'keeps_working',
    choices: ['keeps_working', 'refused'],
    section: '1.4',
    meaning: 'what a token does after its person or script was disabled or retired',
  },
  'auth.refreshKeepsSudo': {
    byDefault: true,
    choices: [true, false],
    section: '1.2',
    meaning: 'whether the refreshed token of a sudo token still acts as the person',
  },
  'auth.refreshLifetimeSeconds': {
    byDefault: 86_400,
    choices: null,
    section: '1.2',
    meaning: 'seconds until an unused refresh token expires',
  },
  'auth.passwordAuthType': {
    byDefault: 'password',
    choices: ['password', 'user_credentials'],
    section: '1.3',
    meaning: 'claim auth_type of a token of the password grant',
  },
} as const;

type SwitchName = keyof typeof authSwitches;

/** The chosen value of a switch, else its default, as text. */
export function authSwitch(switches: Switches, name: SwitchName): string {
  return String(switches[name] ?? authSwitches[name].byDefault);
}
