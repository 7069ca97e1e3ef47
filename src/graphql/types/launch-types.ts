import { Field, ID, Int, ObjectType } from 'type-graphql';
import { namedClass, type NamedClass } from './named-class.ts';
import { DateTimeScalar } from './scalars.ts';

const optional = { nullable: true };

/** The type `Launch` with the fields that need no read. The others are field resolvers. */
export function createLaunchType(sortDirection: object): NamedClass {
  const launch = namedClass('Launch');
  const page = pageType();
  const [column, sort, grouping] = [columnType(), sortType(sortDirection), groupingType(sortDirection)];
  Field(() => ID)(launch.prototype, 'id');
  Field(() => String, { description: 'Name of the menu item.' })(launch.prototype, 'ami');
  Field(() => String, {
    nullable: true,
    description:
      "ShotGrid's name of the type of the rows; null for an item without rows, such as one of the user menu.",
  })(launch.prototype, 'entityType');
  Field(() => [Int], { description: 'As they were clicked; you may not see all of them.' })(
    launch.prototype,
    'selectedIds',
  );
  Field(() => Int)(launch.prototype, 'selectedCount');
  Field(() => Int, { description: 'How many rows the page had, selected or not.' })(
    launch.prototype,
    'idCount',
  );
  Field(() => Boolean, {
    description:
      'True where the page had more rows than this server keeps: `ids` then has the first of them.',
  })(launch.prototype, 'idsTruncated');
  Field(() => String, {
    nullable: true,
    description: 'The field whose cell was clicked, on pages that tell it.',
  })(launch.prototype, 'targetColumn');
  Field(() => page)(launch.prototype, 'page');
  Field(() => String, optional)(launch.prototype, 'view');
  Field(() => [column])(launch.prototype, 'columns');
  Field(() => [sort])(launch.prototype, 'sort');
  Field(() => [grouping])(launch.prototype, 'grouping');
  Field(() => String, { nullable: true, description: 'The page in ShotGrid that the launch came from.' })(
    launch.prototype,
    'referrerUrl',
  );
  Field(() => DateTimeScalar)(launch.prototype, 'createdAt');
  ObjectType('Launch', { description: 'What was clicked in ShotGrid: the context of a menu item.' })(launch);
  return launch;
}

function pageType(): NamedClass {
  const page = namedClass('LaunchPage');
  Field(() => Int, optional)(page.prototype, 'id');
  Field(() => String, optional)(page.prototype, 'title');
  ObjectType('LaunchPage', { simpleResolvers: true })(page);
  return page;
}

function columnType(): NamedClass {
  const column = namedClass('LaunchColumn');
  Field(() => String)(column.prototype, 'name');
  Field(() => String, {
    nullable: true,
    description:
      'Null where the labels of the columns cannot be told apart, for example because one holds a comma.',
  })(column.prototype, 'displayName');
  ObjectType('LaunchColumn', { simpleResolvers: true })(column);
  return column;
}

function sortType(direction: object): NamedClass {
  const sort = namedClass('LaunchSort');
  Field(() => String)(sort.prototype, 'column');
  Field(() => direction)(sort.prototype, 'direction');
  ObjectType('LaunchSort', { simpleResolvers: true })(sort);
  return sort;
}

function groupingType(direction: object): NamedClass {
  const grouping = namedClass('LaunchGrouping');
  Field(() => String)(grouping.prototype, 'column');
  Field(() => String, optional)(grouping.prototype, 'method');
  Field(() => direction)(grouping.prototype, 'direction');
  ObjectType('LaunchGrouping', { simpleResolvers: true })(grouping);
  return grouping;
}
