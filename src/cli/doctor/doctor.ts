import { atTheShell } from '../../shotgun/script/doors.ts';
import { systemClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { type Login, parseLogin, type Subject } from '../../base/ids.ts';
import { createLogger } from '../../base/logger.ts';
import type { Config } from '../../config/config.ts';
import type { Environment } from '../../config/environment.ts';
import { ConfigError, loadConfig } from '../../config/load-config.ts';
import { createMapping, NearLoginError } from '../../identity/person/mapping.ts';
import { createOidc } from '../../identity/provider/oidc.ts';
import { oidcSettings } from '../../identity/sign-in.ts';
import { createDirectory, createPeople } from '../../shotgun/script/directory.ts';
import { createShotgun } from '../../shotgun/create-shotgun.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { placeOf, createVault } from '../../store/vault.ts';
import { command, isWithoutSettings, noSettings, type Terminal, UsageError } from '../command.ts';
import { fail, failed, type Finding, ok, printFindings } from './finding.ts';
import { checkDrift, checkFiles, checkStore } from './local-checks.ts';
import { checkProvider } from './provider-checks.ts';
import { checkSite } from './site-checks.ts';

const quiet = createLogger({ level: 'silent' });
const deps = { clock: systemClock, logger: quiet };

export const doctor = command({
  name: 'doctor',
  summary: 'checks settings, site, script, identity provider and files, and says what to do',
  options: {
    person: { takes: 'LOGIN', meaning: 'tries to act as this person; by default as any person of the site' },
    claims: { takes: 'JSON', meaning: 'says which person in ShotGrid an account with these claims maps to' },
    json: { meaning: 'prints JSON, for programs' },
  },
  examples: [
    { line: 'doctor', does: 'Checks the set-up that the settings here describe.' },
    { line: 'doctor --env demo', does: 'The demo, while it runs in this folder.' },
    {
      line: `doctor --claims '{"preferred_username":"mira"}'`,
      does: 'Also who an account of the identity provider would be.',
    },
  ],
  exitCodes: { 1: 'a check fails' },
  async run({ options, environment }, terminal) {
    const person = options.person === undefined ? undefined : parseLogin(options.person);
    if (options.person !== undefined && person === undefined) throw new UsageError('That is no login.');
    const claims = options.claims === undefined ? undefined : parseClaims(options.claims);
    const findings = await examine(environment, person, claims);
    report(terminal, findings, options.json);
    return findings.some(({ level }) => level === 'fail') ? 1 : 0;
  },
});

function parseClaims(text: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(text);
    if (typeof claims === 'object' && claims !== null) return claims as Readonly<Record<string, unknown>>;
  } catch {
    // Reported below.
  }
  throw new UsageError('--claims takes a JSON object, such as \'{"preferred_username": "mira"}\'.');
}

async function examine(
  environment: () => Environment,
  person: Login | undefined,
  claims: Readonly<Record<string, unknown>> | undefined,
): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = await loadConfig(environment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (isWithoutSettings(error, environment))
      return [fail('settings', noSettings(), 'docs/configuration.md begins with them.')];
    return error.problems.map((problem) =>
      fail('settings', problem, 'docs/settings.md says what each setting takes.'),
    );
  }
  const siteDeps = { settings: config.site, ...deps };
  const groups = await Promise.all([
    checkFiles(config),
    checkStore(config, quiet),
    checkSite(siteDeps, config, person),
    checkProvider(config, (its) => createOidc(oidcSettings(its), deps)),
  ]);
  const findings = [ok('settings', `valid, for ${config.environment}`), ...groups.flat()];
  const isSiteFine = findings.every(
    ({ check, level }) => level !== 'fail' || !['site', 'script', 'schema'].includes(check),
  );
  if (!isSiteFine) return findings;
  const mapped = claims === undefined ? [] : [await checkMapping(config, claims)];
  return [...findings, ...mapped, await checkDrift(config, deps)];
}

/** The ShotGrid user that an account at the provider would map to. Nothing is stored. */
async function checkMapping(config: Config, claims: Readonly<Record<string, unknown>>): Promise<Finding> {
  const siteDeps = { settings: config.site, ...deps };
  const directory = createDirectory({ ...siteDeps, onScriptRead: atTheShell });
  const shotgun = createShotgun(siteDeps);
  const vault = createVault(createMemoryStore(systemClock), config.store.encryptionKeys, {
    place: placeOf(config),
  });
  const mapping = createMapping(config.identity, createPeople({ directory, shotgun }), vault);
  try {
    const { login, person, permissionRole, acting } = await mapping({
      issuer: config.oidc.issuer,
      subject: 'doctor' as Subject,
      claims,
    });
    return ok(
      'mapping',
      `these claims are ${person.name} (${login}, HumanUser ${person.id}, ${permissionRole ?? 'role not shown'}), by ${acting.way}`,
    );
  } catch (error) {
    return failed(
      'mapping',
      error,
      {
        CLAIM_MISSING:
          'Have the provider send the claim to this client, in the ID token or in userinfo; a scope may be missing in SHOTGRAPH_OIDC_SCOPE. For email_verified see SHOTGRAPH_IDENTITY_EMAIL_VERIFIED.',
        NO_SHOTGUN_USER:
          nearLoginAdvice(error) ??
          'Check SHOTGRAPH_IDENTITY_CLAIM, _FIELD and _REWRITE against the claims and the people of the site.',
        AMBIGUOUS_USER: 'Give the people different e-mail addresses in ShotGrid, or map by login.',
      },
      'See docs/configuration.md, "The identity provider" and "People whom ShotGrid exempts".',
    );
  } finally {
    await Promise.all([directory.close(), shotgun.close()]);
  }
}

function nearLoginAdvice(error: unknown): string | undefined {
  const near = error instanceof AppError && error.cause instanceof NearLoginError ? error.cause : undefined;
  if (near === undefined) return undefined;
  return `ShotGrid has the login ${near.login}, which differs in letter case alone: set SHOTGRAPH_IDENTITY_CASE=lower where logins are in lower case in ShotGrid, or correct the login there.`;
}

function report(terminal: Terminal, findings: readonly Finding[], asJson: boolean): void {
  if (asJson) {
    terminal.print(JSON.stringify(findings, null, 2));
    return;
  }
  printFindings(terminal, findings);
  terminal.print(verdictOf(findings));
}

function verdictOf(findings: readonly Finding[]): string {
  const countOf = (wanted: Finding['level']): number =>
    findings.filter(({ level }) => level === wanted).length;
  const [failures, warnings] = [countOf('fail'), countOf('warn')];
  if (failures > 0) return `${failures} to fix.`;
  return warnings > 0 ? `Nothing fails; ${warnings} to look at.` : 'Everything that was checked is fine.';
}
