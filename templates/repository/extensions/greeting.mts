import { Ctx, type ExtensionContext, Query, Resolver } from 'shotgraph/extension';

/** An example of a class of one's own in the graph: `{ greeting }` greets the person who is signed in. */
@Resolver()
export class Greeting {
  @Query(() => String, { nullable: true, description: 'Greets the person who is signed in.' })
  greeting(@Ctx() { person, launch }: ExtensionContext): string {
    const count = launch?.selectedIds.length ?? 0;
    return `Hello ${person.displayName}. Selected in ShotGrid: ${count}.`;
  }
}
