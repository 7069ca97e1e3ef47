import { isBatched } from './extension-resolvers.ts';
import { type Extension, mistakeOfClass } from './load-extensions.ts';

/**
 * Looks at each method with `@Rows`, whosever rows they are and in whichever module their type is.
 *
 * @throws ExtensionError for one that could not work: it has no single place in the document, and type-graphql calls
 * a method of a type on one value of the type
 */
export function assertRowMethods(extensions: readonly Extension[]): void {
  for (const extension of extensions) {
    const { fieldExtensions, fieldResolvers, params } = extension.declared;
    for (const { target, fieldName } of fieldExtensions.filter(isBatched)) {
      const isIt = (each: { readonly target: unknown; readonly methodName: string }): boolean =>
        each.target === target && each.methodName === fieldName;
      const refuse = (problem: string): never => {
        throw mistakeOfClass(extension, { target, member: fieldName }, `${fieldName} ${problem}`);
      };
      if (fieldResolvers.some((each) => isIt(each) && each.kind === 'internal'))
        refuse(
          `takes @Rows and is a method of ${target.name} itself. Put it into a class with @Resolver(() => ${target.name}), with @FieldResolver.`,
        );
      if (params.some((each) => isIt(each) && each.kind === 'info'))
        refuse('cannot take @Info: it is asked for all rows at once.');
    }
  }
}
