import { createRequire } from 'node:module';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExtensionError } from '../../systems/load-system-parts.ts';
import { type Declared, recordDeclared } from '../types/decorator-store.ts';
import { type SourcePlaces, sourcePlaces } from './source-places.ts';

/** A module with a studio's own classes. */
export interface Extension {
  /** Of its file, without the ending. */
  readonly name: string;
  /** What its decorators have declared, and those of modules that it was the first to import. */
  readonly declared: Declared;
  /** What the module exports. */
  readonly exported: ReadonlySet<unknown>;
  readonly places: SourcePlaces;
}

/** A class, or a member of it. */
export interface Member {
  readonly target: { readonly name: string };
  readonly member?: string | undefined;
}

/** A mistake in a class of the extension, with its place in the file. */
export const mistakeOfClass = (
  { name, places }: Pick<Extension, 'name' | 'places'>,
  { target, member }: Member,
  problem: string,
): ExtensionError => new ExtensionError(name, `${places.of(target.name, member)}: ${problem}`);

/** A module runs once in a process, and so do its decorators. */
const loaded = new Map<string, Extension>();
let last: Promise<unknown> = Promise.resolve();

/**
 * Imports the modules one after the other: what is declared meanwhile belongs to the module.
 *
 * @param systems names of those that add to the graph by themselves
 * @throws ExtensionError if a file is missing, throws, has a name that is taken, or declares something that cannot be
 * used
 */
export function loadExtensions(
  files: readonly string[],
  systems: readonly string[],
): Promise<readonly Extension[]> {
  const loading = last.then(async () => {
    assertNames(files, systems);
    const extensions: Extension[] = [];
    for (const file of files) extensions.push(loaded.get(file) ?? (await load(file)));
    assertExported(extensions);
    return extensions;
  });
  last = loading.catch(() => undefined);
  return loading;
}

const nameOf = (file: string): string => basename(file, extname(file));

/** A name tells errors and records of the audit trail apart. */
function assertNames(files: readonly string[], systems: readonly string[]): void {
  const taken = new Map(systems.map((name) => [name, 'a system']));
  for (const file of files) {
    const name = nameOf(file);
    const other = taken.get(name);
    taken.set(name, 'another module');
    if (other === undefined) continue;
    const problem = `${file}: ${other} has this name, and errors and the audit trail could not tell the two apart. Rename the file.`;
    throw new ExtensionError(name, problem);
  }
}

async function load(file: string): Promise<Extension> {
  const name = nameOf(file);
  const places = await sourcePlaces(file);
  assertOneCopy(name, places);
  const recording = recordDeclared();
  try {
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
    const extension = { name, declared: recording.take(), exported: new Set(Object.values(module)), places };
    assertUsable(extension);
    loaded.set(file, extension);
    return extension;
  } catch (error) {
    recording.drop();
    if (error instanceof ExtensionError) throw error;
    throw new ExtensionError(name, `${placeOf(places, error)}: ${reasonOf(file, error)}`, error);
  }
}

/**
 * What another copy of the library declares has another form, or other types of graphql-js. It may be installed for
 * something else, so only a module that imports it is refused.
 */
function assertOneCopy(name: string, places: SourcePlaces): void {
  const at = places.ofLine((line) => /['"]type-graphql['"]/u.test(line));
  const other = at === undefined ? undefined : placeOfLibrary(places.file);
  if (other === undefined || other === placeOfLibrary(import.meta.filename)) return;
  throw new ExtensionError(
    name,
    `${at}: it imports a second copy of type-graphql, ${other}. Import from 'shotgraph/extension', and remove type-graphql from the dependencies of its package.`,
  );
}

function placeOfLibrary(file: string): string | undefined {
  try {
    return createRequire(file).resolve('type-graphql');
  } catch {
    // It is not there: the import itself says so.
    return undefined;
  }
}

/** type-graphql's message about a missing type names the member and its class. */
const OF_CLASS = /'(?<member>[\w$]{1,100})'(?: \(parameter[^)]{0,100}\))? of '(?<type>[\w$]{1,100})' class/u;

export function placeOf(places: SourcePlaces, error: unknown): string {
  const { type, member } = OF_CLASS.exec(error instanceof Error ? error.message : '')?.groups ?? {};
  return type === undefined ? places.file : places.of(type, member);
}

const EXPERIMENTAL =
  'Compile it with "experimentalDecorators": true in its tsconfig.json: these decorators are not those of the standard.';

function reasonOf(file: string, error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be loaded.';
  const { name, message, stack = '' } = error;
  const isSyntax =
    error instanceof SyntaxError || ('code' in error && /TYPESCRIPT|UNKNOWN_FILE/u.test(String(error.code)));
  if (isSyntax && /\.[mc]?tsx?$/u.test(file)) {
    return 'it cannot be loaded: Node removes types and runs no decorators. Compile it with tsc, and name the .js file.';
  }
  if (name === 'NoExplicitTypeError' || message.startsWith('Unable to infer GraphQL type')) {
    return `${message} Write the type, such as @Field(() => String), or compile with "emitDecoratorMetadata": true.`;
  }
  if (error instanceof TypeError && stack.includes('type-graphql'))
    return `it cannot be loaded. ${EXPERIMENTAL}`;
  return `it cannot be loaded: ${message}`;
}

/** Nothing that a module declares may be left out of the schema without a word. */
function assertUsable(extension: Extension): void {
  const { name, declared, places } = extension;
  const refuse = (place: string, problem: string): never => {
    throw new ExtensionError(name, `${place}: ${problem}`);
  };
  const { queries, mutations, fieldResolvers, fields, subscriptions, resolverClasses } = declared;
  const isStandard = [...queries, ...mutations, ...fieldResolvers].some(
    ({ methodName }) => typeof methodName !== 'string',
  );
  if (isStandard || fields.some((field) => typeof field.name !== 'string')) refuse(places.file, EXPERIMENTAL);
  const [subscription] = subscriptions;
  if (subscription !== undefined) {
    const { target, methodName: member, schemaName } = subscription;
    const problem = `${schemaName} is a subscription, and this server has none.`;
    throw mistakeOfClass(extension, { target, member }, problem);
  }
  const directive =
    declared.classDirectives[0] ?? declared.fieldDirectives[0] ?? declared.argumentDirectives[0];
  if (directive !== undefined)
    throw mistakeOfClass(extension, directive, 'it has a directive, and the schema takes none from classes.');
  if (resolverClasses.length === 0)
    refuse(places.file, 'it exports no class with @Resolver, so it would add nothing to the graph.');
  const methods = [...queries, ...mutations, ...fieldResolvers.filter(({ kind }) => kind === 'external')];
  const lost = methods.find(({ target }) => !resolverClasses.some((each) => each.target === target));
  if (lost !== undefined) {
    const { target, methodName: member } = lost;
    const problem = `${member} is in the class ${target.name}, which has no @Resolver.`;
    throw mistakeOfClass(extension, { target, member }, problem);
  }
}

/**
 * A resolver that no module exports is a mistake. A file that several import is declared with the first of them, and
 * another one may be the one that extends its class.
 */
function assertExported(extensions: readonly Extension[]): void {
  const exported = extensions.flatMap((extension) => [...extension.exported]);
  const isUsed = (target: object): boolean =>
    exported.some(
      (each) =>
        typeof each === 'function' && (each === target || Object.prototype.isPrototypeOf.call(target, each)),
    );
  for (const extension of extensions) {
    const hidden = extension.declared.resolverClasses.find(({ target }) => !isUsed(target));
    if (hidden === undefined) continue;
    const problem = `the class ${hidden.target.name} has @Resolver and is not exported. Export it from ${extension.places.file}.`;
    throw mistakeOfClass(extension, hidden, problem);
  }
}
