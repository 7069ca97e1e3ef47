import { type ClassType, Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from './scalars.ts';

/** The object types inside a launch. */
function launchParts(sortDirection: object) {
  @ObjectType({ simpleResolvers: true })
  class LaunchPage {
    @Field(() => Int, { nullable: true })
    id!: number | null;

    @Field(() => String, { nullable: true })
    title!: string | null;
  }

  @ObjectType({ simpleResolvers: true })
  class LaunchColumn {
    @Field(() => String)
    name!: string;

    @Field(() => String, {
      nullable: true,
      description:
        'Null if the labels of the columns cannot be separated, for example because a label contains a comma.',
    })
    displayName!: string | null;
  }

  @ObjectType({ simpleResolvers: true })
  class LaunchSort {
    @Field(() => String)
    column!: string;

    @Field(() => sortDirection)
    direction!: string;
  }

  @ObjectType({ simpleResolvers: true })
  class LaunchGrouping {
    @Field(() => String)
    column!: string;

    @Field(() => String, { nullable: true })
    method!: string | null;

    @Field(() => sortDirection)
    direction!: string;
  }
  return { LaunchPage, LaunchColumn, LaunchSort, LaunchGrouping };
}

/**
 * The type `Launch` with the fields that need no read. The others are field resolvers. The classes are declared
 * for each schema: each is built from an empty store of decorator data.
 */
export function createLaunchType(sortDirection: object): ClassType {
  const { LaunchPage, LaunchColumn, LaunchSort, LaunchGrouping } = launchParts(sortDirection);

  @ObjectType({ description: 'The context of a menu item that a person clicked in ShotGrid.' })
  class Launch {
    @Field(() => ID)
    id!: string;

    @Field(() => String, { description: 'Name of the menu item.' })
    ami!: string;

    @Field(() => String, {
      nullable: true,
      description:
        "ShotGrid's name of the type of the rows. Null for a menu item without rows, such as one in the user menu.",
    })
    entityType!: string | null;

    @Field(() => [Int], {
      description:
        'The ids of all selected rows, in the order of the click. You may not see all of these rows.',
    })
    selectedIds!: number[];

    @Field(() => Int)
    selectedCount!: number;

    @Field(() => Int, { description: 'How many rows the page had, selected or not.' })
    idCount!: number;

    @Field(() => Boolean, {
      description:
        'True if the page had more rows than this server keeps. `ids` then has only the first of them.',
    })
    idsTruncated!: boolean;

    @Field(() => String, {
      nullable: true,
      description: 'The field whose cell was clicked, if the page sends it.',
    })
    targetColumn!: string | null;

    @Field(() => LaunchPage)
    page!: object;

    @Field(() => String, { nullable: true })
    view!: string | null;

    @Field(() => [LaunchColumn])
    columns!: object[];

    @Field(() => [LaunchSort])
    sort!: object[];

    @Field(() => [LaunchGrouping])
    grouping!: object[];

    @Field(() => String, { nullable: true, description: 'The page in ShotGrid that the launch came from.' })
    referrerUrl!: string | null;

    @Field(() => DateTimeScalar)
    createdAt!: string;
  }
  return Launch;
}
