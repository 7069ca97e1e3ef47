import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A portal of LemonLDAP::NG, with all its files in a temporary folder. */
export interface Portal {
  readonly issuer: string;
  /** How often a path was asked with this method. */
  count(method: string, path: string): Promise<number>;
  /** Starts it again at the same address, with other settings beside those of every portal. */
  configure(settings: PortalSettings): Promise<void>;
  close(): Promise<void>;
}

export type PortalSettings = Readonly<Record<string, unknown>>;

export interface PortalOptions {
  /** Logins; the password is the login. */
  readonly people: readonly string[];
  /** Settings beside those of every portal. */
  readonly settingsOf: (issuer: string) => PortalSettings;
}

/** Debian's folder of pages, which no configuration can do without. */
const TEMPLATES = '/usr/share/lemonldap-ng/portal/templates';
const START_TRIES = 3;
const READY_TRIES = 600;
const POLL_MS = 50;
const MODULES = ['Plack::Runner', 'Lemonldap::NG::Portal::Main', 'Lemonldap::NG::Portal::Lib::OpenIDConnect'];

/** Whether these modules of Perl are here. */
export const hasPerl = (modules: readonly string[]): boolean =>
  spawnSync('perl', [...modules.map((name) => `-M${name}`), '-e', '1']).status === 0;

/** Whether Debian's `lemonldap-ng` and `libplack-perl` are here. */
export const hasPortal = (): boolean => hasPerl(MODULES) && spawnSync('test', ['-d', TEMPLATES]).status === 0;

export async function startPortal({ people, settingsOf }: PortalOptions): Promise<Portal> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-lemonldap-'));
  const said = (): Promise<string> => readFile(join(folder, 'errors.log'), 'utf8').catch(() => '');
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    await writeFiles(folder, people);
    await writeSettings(folder, issuer, settingsOf(issuer));
    let server = startProcess(folder, port);
    if (await isReady(server, issuer)) {
      return {
        issuer,
        count: (method, path) => countIn(folder, method, path),
        async configure(settings) {
          await end(server);
          await writeSettings(folder, issuer, settings);
          server = startProcess(folder, port);
          if (!(await isReady(server, issuer)))
            throw new Error(`LemonLDAP::NG did not start again: ${await said()}`);
        },
        async close() {
          await end(server);
          await rm(folder, { recursive: true, force: true });
        },
      };
    }
    await end(server);
    // Somebody else may have taken the free port meanwhile.
    if (tries < START_TRIES) continue;
    const trouble = await said();
    await rm(folder, { recursive: true, force: true });
    throw new Error(`LemonLDAP::NG did not start: ${trouble}`);
  }
}

async function writeFiles(folder: string, people: readonly string[]): Promise<void> {
  const folders = ['conf', 'cache', 'sessions/lock', 'psessions/lock'];
  await Promise.all(folders.map((each) => mkdir(join(folder, each), { recursive: true })));
  await writeFile(join(folder, 'll.ini'), iniOf(folder));
  await writeFile(join(folder, 'portal.pl'), programOf(folder, people));
}

async function writeSettings(folder: string, issuer: string, settings: PortalSettings): Promise<void> {
  const all = { ...everyPortals(folder, issuer), ...settings };
  await writeFile(join(folder, 'conf', 'lmConf-1.json'), JSON.stringify(all));
  // It would go on with what it had read before.
  await rm(join(folder, 'cache'), { recursive: true, force: true });
  await mkdir(join(folder, 'cache'));
}

const iniOf = (folder: string): string => `[all]
logLevel = warn
[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'conf', 'default_expires_in' => 600, 'cache_root' => '${folder}/cache', 'cache_depth' => 3 }
[portal]
staticPrefix = /static
templateDir = ${TEMPLATES}
languages = en
[handler]
status = 0
`;

/** Its accounts for demonstrations, with ours in their place; a sign-in asks for the login as password. */
const programOf = (folder: string, people: readonly string[]): string => `use strict;
# Libraries that Debian only recommends: for clients that register themselves and for pictures to read before a sign-in,
# which nobody here asks for, and for the form of a request that waits for a sign-in.
BEGIN { $INC{"$_.pm"} = 1 for qw(String/Random IO/String Lemonldap/NG/Portal/Captcha/None) }
package IO::String;
sub new { my ($class, $text) = @_; open my $handle, '<', \\$text; $handle }
package Lemonldap::NG::Portal::Captcha::None;
use Mouse;
extends 'Lemonldap::NG::Portal::Main::Plugin';
sub init { 1 }
package main;
use Lemonldap::NG::Portal::Main;
use Lemonldap::NG::Portal::UserDB::Demo;
%Lemonldap::NG::Portal::UserDB::Demo::demoAccounts = (
${people.map((login) => `  '${login}' => { uid => '${login}', cn => '${login}', mail => '${login}@lantern.example', uuid => '${uuidOf(login)}' },`).join('\n')}
);
Lemonldap::NG::Portal::Main->run({ configStorage => { confFile => '${folder}/ll.ini' } });
`;

/** What the portal calls somebody: a name that nobody guesses, since its sign-out names sessions by it. */
const uuidOf = (login: string): string => `5a1c0de0-${Buffer.from(login).toString('hex')}`;

function everyPortals(folder: string, issuer: string) {
  const files = (name: string) => ({
    Directory: join(folder, name),
    LockDirectory: join(folder, name, 'lock'),
  });
  return {
    cfgNum: 1,
    cfgDate: 1,
    cfgVersion: '2.16.1',
    portal: `${issuer}/`,
    domain: 'localhost',
    cookieName: 'lemonldap',
    securedCookie: 0,
    useSafeJail: 0,
    authentication: 'Demo',
    userDB: 'Same',
    passwordDB: 'Null',
    demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid', uuid: 'uuid' },
    exportedVars: {},
    macros: { _whatToTrace: '$_user' },
    whatToTrace: '_whatToTrace',
    locationRules: {},
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: {
      ...files('sessions'),
      generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
    },
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: files('psessions'),
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: {
      cache_root: join(folder, 'cache'),
      namespace: 'sessions',
      default_expires_in: 600,
      cache_depth: 3,
    },
    notification: 0,
    captcha: '::Captcha::None',
    registerDB: 'Null',
    portalDisplayResetPassword: 0,
    portalDisplayCertificateResetByMail: 0,
  };
}

function startProcess(folder: string, port: number): ChildProcess {
  const where = ['--host', '127.0.0.1', '--port', String(port), '-E', 'deployment'];
  const logs = ['--access-log', join(folder, 'access.log'), '-a', join(folder, 'portal.pl')];
  return spawn(
    'sh',
    ['-c', `exec plackup "$@" 2>"${folder}/errors.log"`, 'sh', '-s', 'HTTP::Server::PSGI', ...where, ...logs],
    {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, LLNG_DEFAULTCONFFILE: join(folder, 'll.ini'), PERL_UNICODE: '' },
    },
  );
}

async function isReady(server: ChildProcess, issuer: string): Promise<boolean> {
  for (let tries = 0; tries < READY_TRIES && server.exitCode === null; tries += 1) {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`).catch(() => undefined);
    if (answer !== undefined) return answer.status === 200;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

async function countIn(folder: string, method: string, path: string): Promise<number> {
  const log = await readFile(join(folder, 'access.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes(`"${method} ${path} `)).length;
}
