import { buildSchema, validate } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperationListError } from '../../../src/operations/list-error.ts';
import type { DocumentCheck } from '../../../src/operations/operation-list.ts';
import { checkLists } from '../../../src/operations/read-lists.ts';
import { type Files, mapOf, temporaryFiles, toolOf } from '../../support/operation-lists.ts';

const SCHEMA = buildSchema(`
  type Query { rows(id: ID, ids: [Int!], likes: [ID!], type: String, number: Int): [String] }
  type Mutation { change: Boolean }
`);
const CHECK: DocumentCheck = {
  maxTokens: 1000,
  mistakesOf: (document) => validate(SCHEMA, document),
};

let files: Files;
beforeEach(async () => {
  files = await temporaryFiles();
});
afterEach(() => files.remove());

/** What is said of a menu item whose first operation is Room, with this list. */
async function problemsOf(text: string, operation = 'Room'): Promise<readonly string[]> {
  const path = await files.write('m.json', mapOf(text));
  const firsts = [{ ami: 'review', place: 'amis.review.first', operation }];
  try {
    await checkLists([toolOf('review', path, { firsts })], CHECK);
    return [];
  } catch (error) {
    if (error instanceof OperationListError) return error.problems;
    throw error;
  }
}

/** The operation, with these variables and what is asked with them. */
const room = (variables: string, ...rows: readonly string[]): string =>
  `query Room${variables} { all: rows ${rows.map((args, index) => `r${index}: rows(${args})`).join(' ')} }`;

const KNOWN = 'A launch gives id, launch, launchId, ids, selectedIds, entityType, projectId';

describe('the first operation of a menu item', () => {
  it.each<[string, ...string[]]>([
    ['($id: ID!)', 'id: $id'],
    ['($launch: ID, $launchId: ID!)', 'id: $launch', 'id: $launchId'],
    ['($ids: [Int!]!, $selectedIds: [Int!])', 'ids: $ids', 'ids: $selectedIds'],
    ['($entityType: String!, $projectId: Int)', 'type: $entityType, number: $projectId'],
    ['($page: Int = 1, $note: String)', 'number: $page, type: $note'],
    [''],
  ])(
    'may have variables that a launch gives, and others that may be left out: %s',
    async (variables, ...rows) => {
      expect(await problemsOf(room(variables, ...rows))).toEqual([]);
    },
  );

  it.each([
    [
      '($note: String!)',
      'type: $note',
      `amis.review.first: Room needs $note, which no launch gives. ${KNOWN}: name it so, or give it a default.`,
    ],
    [
      '($ids: [ID!]!)',
      'likes: $ids',
      'amis.review.first: $ids of Room is [ID!]!, and a launch gives [Int!]. Declare it so, or give it another name.',
    ],
    [
      '($toString: Int!)',
      'number: $toString',
      `amis.review.first: Room needs $toString, which no launch gives. ${KNOWN}: name it so, or give it a default.`,
    ],
  ])('is refused with a variable that no launch gives: %s', async (variables, rows, problem) => {
    expect(await problemsOf(room(variables, rows))).toEqual([problem]);
  });

  it('is refused where it is on no list, with the nearest name', async () => {
    expect(await problemsOf(room(''), 'Rom')).toEqual([
      'amis.review.first: apps.review.operations has no operation Rom. Did you mean Room? Correct it.',
    ]);
  });

  it('is refused where it changes something', async () => {
    expect(await problemsOf('mutation Room { change }')).toEqual([
      'amis.review.first: Room is a mutation. Only a query may begin before the page asks it.',
    ]);
  });
});
