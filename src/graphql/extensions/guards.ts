import type { Declared } from '../types/decorator-store.ts';

/** A class or a member with `@Authorized` or `@UseMiddleware` that would run without it. */
export interface LostGuard {
  readonly target: { readonly name: string };
  readonly member?: string;
  readonly problem: string;
}

interface Guard {
  readonly target: object & { readonly name: string };
  readonly fieldName?: string;
  readonly decorator: '@Authorized' | '@UseMiddleware';
}

/**
 * The first guard that type-graphql would leave out without a word: it takes roles and middleware from the class that
 * declares a member, and from there only. The author of a guard relies on it.
 */
export function lostGuard(store: Declared): LostGuard | undefined {
  const { authorizedFields, middlewares, authorizedResolver, resolverMiddlewares } = store;
  const authorized = { decorator: '@Authorized' } as const;
  const middleware = { decorator: '@UseMiddleware' } as const;
  const ofMembers = [
    ...authorizedFields.map((each) => ({ ...each, ...authorized })),
    ...middlewares.map((each) => ({ ...each, ...middleware })),
  ];
  const ofClasses = [
    ...authorizedResolver.map((each) => ({ ...each, ...authorized })),
    ...resolverMiddlewares.map((each) => ({ ...each, ...middleware })),
  ];
  const members = membersIn(store);
  const guards = { members, ofMembers, ofClasses };
  return (
    ofInputs(store, [...ofMembers, ...ofClasses]) ??
    ofNothing(guards) ??
    ofHeirs(guards) ??
    ofSimpleFields(store, guards) ??
    ofOtherResolvers(store, guards)
  );
}

/** Names of the members of the graph, by the class that declares them. */
type Members = ReadonlyMap<object, ReadonlySet<string>>;

interface Guards {
  readonly members: Members;
  readonly ofMembers: readonly (Guard & { readonly fieldName: string })[];
  readonly ofClasses: readonly Guard[];
}

function membersIn({ queries, mutations, fieldResolvers, fields }: Declared): Members {
  const members = new Map<object, Set<string>>();
  const add = (target: object, name: string): void => {
    members.set(target, (members.get(target) ?? new Set()).add(name));
  };
  for (const { target, methodName } of [...queries, ...mutations, ...fieldResolvers]) add(target, methodName);
  for (const { target, name } of fields) add(target, name);
  return members;
}

function ofInputs({ inputTypes, argumentTypes }: Declared, guards: readonly Guard[]): LostGuard | undefined {
  const inputs = new Set<object>([...inputTypes, ...argumentTypes].map(({ target }) => target));
  const lost = guards.find(({ target }) => inputs.has(target));
  return (
    lost && refused(lost, `${lost.decorator} has no effect on an input. Put it on the method that takes it.`)
  );
}

function ofNothing({ members, ofMembers, ofClasses }: Guards): LostGuard | undefined {
  const member = ofMembers.find(({ target, fieldName }) => !members.get(target)?.has(fieldName));
  if (member !== undefined) {
    return refused(
      member,
      `${member.decorator} of ${member.fieldName} guards nothing, because this class does not declare it: put it beside the @Query, @Mutation, @FieldResolver or @Field.`,
    );
  }
  const lost = ofClasses.find(
    ({ target }) => inheritedBy(target, members) !== undefined || !members.has(target),
  );
  if (lost === undefined) return undefined;
  const base = inheritedBy(lost.target, members);
  return refused(
    lost,
    base === undefined
      ? `${lost.decorator} of ${lost.target.name} guards nothing, because the class declares nothing of the graph.`
      : `${lost.decorator} of ${lost.target.name} does not guard what the class has from ${base}. Put it on ${base}, or on each method.`,
  );
}

/** What a class declares itself is not guarded by the class that it extends. */
function ofHeirs({ members, ofMembers, ofClasses }: Guards): LostGuard | undefined {
  for (const [target, names] of members) {
    const base = ofClasses.find((guard) => Object.prototype.isPrototypeOf.call(guard.target, target));
    if (base === undefined || !isClass(target)) continue;
    const own = (name: string): boolean =>
      ofMembers.some(
        (guard) => guard.target === target && guard.fieldName === name && guard.decorator === base.decorator,
      );
    const member = [...names].find((name) => !own(name));
    if (member === undefined) continue;
    return {
      ...{ target, member },
      problem: `${base.decorator} of ${base.target.name} does not guard ${member} of ${target.name}. Put one on ${member} itself.`,
    };
  }
  return undefined;
}

/** Simple fields are read without roles and without middleware. */
function ofSimpleFields(
  { objectTypes, fields, fieldResolvers }: Declared,
  guards: Guards,
): LostGuard | undefined {
  for (const { target: type, simpleResolvers, interfaceClasses = [] } of objectTypes) {
    const holders = new Set<object>([type, ...interfaceClasses]);
    const simple = fields.filter(
      ({ target, name, simple: isSimple = simpleResolvers === true }) =>
        isSimple &&
        holders.has(target) &&
        !fieldResolvers.some((each) => each.target === target && each.methodName === name),
    );
    for (const { target, name } of simple) {
      const lost =
        guards.ofMembers.find((guard) => guard.target === target && guard.fieldName === name) ??
        guards.ofClasses.find((guard) => guard.target === target);
      if (lost !== undefined) {
        return {
          ...{ target: lost.target, member: name },
          problem: `${lost.decorator} has no effect on ${name}, which is a simple field of ${type.name}. Take out "simple" and "simpleResolvers".`,
        };
      }
    }
  }
  return undefined;
}

/** A resolver in another class than the type keeps the roles of a field of the type, and nothing else of it. */
function ofOtherResolvers(
  { fieldResolvers, resolverClasses, fields }: Declared,
  { ofMembers, ofClasses }: Guards,
): LostGuard | undefined {
  for (const { kind, target, methodName, schemaName } of fieldResolvers) {
    if (kind !== 'external') continue;
    const type = resolverClasses.find((each) => each.target === target)?.getObjectType();
    if (type === undefined) continue;
    const field = fields.find((each) => each.target === type && each.schemaName === schemaName);
    const isKept = ({ decorator }: Guard): boolean =>
      decorator === '@Authorized' &&
      (field !== undefined ||
        [...ofMembers, ...ofClasses].some(
          (own) =>
            own.decorator === decorator &&
            own.target === target &&
            (own.fieldName ?? methodName) === methodName,
        ));
    const ofType = [
      ...ofMembers.filter((each) => each.target === type && each.fieldName === field?.name),
      ...ofClasses.filter((each) => each.target === type),
    ];
    const lost = ofType.find((guard) => !isKept(guard));
    if (lost === undefined) continue;
    return {
      ...{ target, member: methodName },
      problem: `${lost.decorator} of ${type.name} does not guard ${methodName} of ${target.name}. Put it on ${methodName}.`,
    };
  }
  return undefined;
}

const refused = ({ target, fieldName }: Guard, problem: string): LostGuard => ({
  target,
  ...(fieldName !== undefined && { member: fieldName }),
  problem,
});

/** Name of a class that this one extends, and that declares members of the graph. */
function inheritedBy(target: object, members: Members): string | undefined {
  const base = [...members.keys()].find((each) => Object.prototype.isPrototypeOf.call(each, target));
  return base !== undefined && isClass(base) ? base.name : undefined;
}

const isClass = (target: object): target is object & { readonly name: string } =>
  typeof target === 'function';
