import { type DemoRows, ref } from './rows.ts';

/** Fixed people: tests and docs rely on them. The login is the account at the identity provider. */
export const MIRA = 31;
export const JOAO = 32;
export const ADA = 33;
export const KENJI = 34;

const ROLES = ['admin', 'manager', 'artist', 'vendor', 'api_admin'] as const;
type Role = (typeof ROLES)[number];

const DEPARTMENTS = ['Production', 'Modeling', 'Animation', 'Lighting', 'Compositing', 'FX'] as const;

const FIRST_NAMES = [
  'Amara',
  'Beatriz',
  'Chen',
  'Dmitri',
  'Elif',
  'Farid',
  'Greta',
  'Hiro',
  'Ines',
  'Jonas',
  'Kaori',
  'Liam',
  'Mateus',
  'Nadia',
  'Oskar',
  'Priya',
  'Quentin',
  'Rosa',
  'Sana',
  'Tomas',
  'Uma',
  'Viktor',
  'Wanjiru',
  'Ximena',
  'Yusuf',
  'Zoe',
  'Anneke',
  'Bjarne',
  'Camila',
  'Desta',
  'Emil',
  'Fatou',
  'Goran',
  'Hana',
  'Isak',
  'Jin',
] as const;
const LAST_NAMES = [
  'Abara',
  'Berg',
  'Castro',
  'Dogan',
  'Eriksen',
  'Fontaine',
  'Gupta',
  'Haddad',
  'Ito',
  'Jansen',
  'Kowalski',
  'Lopez',
  'Moreau',
  'Nguyen',
  'Olsen',
  'Park',
  'Quispe',
  'Rossi',
  'Silva',
  'Takeda',
  'Ueda',
  'Varga',
  'Weber',
  'Xu',
] as const;

const roleRef = (role: Role) => ref('PermissionRuleSet', ROLES.indexOf(role) + 5);

interface Named {
  readonly id: number;
  readonly login: string;
  readonly names: readonly [first: string, last: string];
}

interface Person extends Named {
  readonly role: Role;
  readonly projects: readonly number[];
}

const FIXED: readonly Person[] = [
  { id: MIRA, login: 'mira', names: ['Mira', 'Okafor'], role: 'artist', projects: [1, 2] },
  { id: JOAO, login: 'joao', names: ['João', 'Almeida'], role: 'manager', projects: [2, 3] },
  { id: ADA, login: 'ada', names: ['Ada', 'Lindqvist'], role: 'admin', projects: [1, 2, 3] },
  { id: KENJI, login: 'kenji', names: ['Kenji', 'Mori'], role: 'artist', projects: [1] },
];

const OTHERS: readonly Named[] = FIRST_NAMES.map((first, index) => {
  const last = LAST_NAMES[(index * 7 + 3) % LAST_NAMES.length] ?? 'Berg';
  return { id: 40 + index, login: `${first}.${last}`.toLowerCase(), names: [first, last] };
});

/** Everybody at the site, so that the identity provider can have an account for each. */
export const DEMO_NAMES = [...FIXED, ...OTHERS].map(({ id, login, names }) => ({
  id,
  login,
  name: names.join(' '),
  email: emailOf(id, login),
}));

/** 40 people, their roles, departments and groups, and the script. */
export function addPeople(rows: DemoRows): void {
  ROLES.forEach((code) => {
    rows.add(
      'PermissionRuleSet',
      {
        code,
        display_name: code.replace('_', ' '),
        entity_type: code === 'api_admin' ? 'ApiUser' : 'HumanUser',
      },
      roleRef(code).id,
    );
  });
  DEPARTMENTS.forEach((name, index) =>
    rows.add('Department', { name, code: name.slice(0, 4), list_order: index + 1, sg_status_list: 'act' }),
  );
  rows.add('ApiUser', {
    firstname: 'shotgraph',
    lastname: '1.0',
    salted_password: 'demo-script-key',
    permission_rule_set: roleRef('api_admin'),
    generate_event_log_entries: false,
  });
  for (const person of [...FIXED, ...others(rows)]) addPerson(rows, person);
  const ids = (rows.tables['HumanUser'] ?? []).map(({ id }) => id);
  ['Supervisors', 'Lighting team', 'Comp team'].forEach((code, index) =>
    rows.add('Group', {
      code,
      users: ids.filter((id) => id % 5 === index).map((id) => ref('HumanUser', id)),
    }),
  );
}

function others({ random }: DemoRows): Person[] {
  return OTHERS.map((person, index) => {
    const role: Role = index % 12 === 0 ? 'manager' : index % 9 === 4 ? 'vendor' : 'artist';
    const projects = [1 + random.below(3), 1 + random.below(3)];
    return { ...person, role, projects: [...new Set(projects)] };
  });
}

function addPerson(
  rows: DemoRows,
  { id, login, names: [firstname, lastname], role, projects }: Person,
): void {
  rows.add(
    'HumanUser',
    {
      login,
      email: emailOf(id, login),
      firstname,
      lastname,
      sg_status_list: id === KENJI ? 'dis' : 'act',
      can_impersonate_this_user: id !== ADA,
      permission_rule_set: roleRef(role),
      projects: projects.map((project) => ref('Project', project)),
      department: ref('Department', 1 + (id % DEPARTMENTS.length)),
      language: 'en',
      file_access: true,
      // Never read over REST; the legacy passphrase of the password grant (API 1.1).
      __password: `${login}-passphrase`,
    },
    id,
  );
}

/** Two people share an address, so that a sign-in by e-mail can be seen to refuse them. */
function emailOf(id: number, login: string): string {
  return id === 50 || id === 51 ? 'twins@lantern.example' : `${login}@lantern.example`;
}
