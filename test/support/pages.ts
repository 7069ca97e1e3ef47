import { appDocument } from './app-documents.ts';
import { LAUNCH_ID, type Page, PROJECT } from './page.ts';
import { REVIEW_PAGES } from './review-pages.ts';
import { STUDIO_PAGES } from './studio-pages.ts';

/** Pages of lists and of single rows. */
const COMMON_PAGES: readonly Page[] = [
  {
    name: 'fifty-versions',
    story: '50 Versions with entity, task and user names',
    query: `query Review {
      versions(first: 50, ${PROJECT}, sort: [{ field: ID, direction: DESC }]) {
        nodes { id code sgStatusList createdAt entity { id type name } sgTask { id name } user { id type name } }
        pageInfo { hasNextPage }
      }
    }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'fifty-selected',
    story: 'a selection of 50 Versions as a launch opens it',
    query: `query Launch {
      launch(id: "${LAUNCH_ID}") {
        selectedCount
        missingCount
        selected { id name ... on Version { code sgStatusList entity { id type name } sgTask { id name } user { id type name } } }
      }
    }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'review-app',
    story: 'the review app: who looks, the launch, its Versions with the sequence of each shot',
    query: appDocument('OpenedLaunch'),
    variables: { id: LAUNCH_ID },
    waves: 1,
    calls: 2,
  },
  {
    name: 'two-levels',
    story: 'Versions with the assignees of their tasks: a list of links behind a link',
    query: `query Deep {
      versions(first: 10, ${PROJECT}) {
        nodes { code
          entity { name ... on Shot { sgStatusList sgSequence { code } } ... on Asset { sgAssetType } }
          sgTask { content dueDate step { code } taskAssignees { name ... on HumanUser { login } } } }
      }
    }`,
    waves: 3,
    calls: 3,
  },
  {
    name: 'selected-with-task-people',
    story: 'the same for a launch, where the tasks can be searched for beside the Versions',
    query: `query LaunchDeep {
      launch(id: "${LAUNCH_ID}") {
        selected { id ... on Version { code sgTask { content dueDate taskAssignees { name } } } }
      }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'shot-page',
    story: 'one shot with its tasks, versions and assets',
    query: `query ShotPage {
      shot(id: 2) { code description sgStatusList sgSequence { id code } project { id name }
        tasks { content sgStatusList dueDate step { code } }
        sgVersions { code sgStatusList createdAt user { id name } }
        assets { code sgAssetType } }
    }`,
    waves: 1,
    calls: 4,
  },
  {
    name: 'sequence-page',
    story: 'a sequence with its shots and their tasks: children and grandchildren beside the parent',
    query: `query SequencePage {
      sequence(id: 2) { code description shots { code sgStatusList cutIn cutOut tasks { content sgStatusList } } }
    }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'my-tasks',
    story: 'my tasks this week, with where they belong',
    query: `query MyTasks($me: [EntityRefInput!]!) {
      tasks(first: 20, filter: { taskAssignees: { in: $me }, sgStatusList: { notIn: ["fin", "omt"] } }, sort: [{ field: DUE_DATE }]) {
        nodes { id content dueDate sgStatusList entity { id type name ... on Shot { sgSequence { code } } } step { code color } project { name } }
        totalCount
      }
    }`,
    variables: { me: [{ type: 'HumanUser', id: 31 }] },
    waves: 1,
    calls: 2,
  },
  {
    name: 'playlist-page',
    story: 'a playlist with its Versions',
    query: `query PlaylistPage {
      playlist(id: 1) { code sgDateAndTime versions { code sgStatusList entity { id type name } user { name } } }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'asset-list',
    story: 'the assets of a project, with the number of all',
    query: `query Assets {
      assets(first: 25, ${PROJECT}, sort: [{ field: CODE }]) {
        nodes { id code sgAssetType sgStatusList } pageInfo { hasNextPage endCursor } totalCount
      }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'asset-with-shots',
    story: 'an asset and the shots that use it, with their sequences',
    query: `query AssetPage { asset(id: 7) { code sgAssetType shots { code sgSequence { code } sgStatusList } } }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'note-inbox',
    story: 'notes on a project with what they are about',
    query: `query Notes {
      notes(first: 20, ${PROJECT}, sort: [{ field: ID, direction: DESC }]) {
        nodes { id subject content createdAt user { id name } noteLinks { id type name } replies { id } }
      }
    }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'note-page',
    story: 'a note with its replies and their authors',
    query: `query NotePage { note(id: 4) { subject content user { name } replies { content createdAt user { id name } } } }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'project-dashboard',
    story: 'counts of tasks and versions by status',
    query: `query Dashboard {
      tasks: summarizeTasks(${PROJECT}, summaries: [{ field: ID, type: COUNT }], grouping: [{ field: SG_STATUS_LIST }]) {
        groups { name value values { number } }
      }
      versions: summarizeVersions(${PROJECT}, summaries: [{ field: ID, type: COUNT }], grouping: [{ field: SG_STATUS_LIST }]) {
        groups { name value values { number } }
      }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'people',
    story: 'the people of a studio with their department and groups',
    query: `query People {
      humanUsers(first: 50, filter: { sgStatusList: { is: "act" } }, sort: [{ field: NAME }]) {
        nodes { id nameField login email department { name } groups { id name } }
      }
    }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'viewer',
    story: 'who I am, with my projects',
    query: `query Me { viewer { displayName login permissionRole person { id name ... on HumanUser { email projects { id name } } } } }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'published-files',
    story: 'what was published for a shot',
    query: `query Published {
      publishedFiles(first: 30, filter: { entity: { is: { type: "Shot", id: 66 } } }, sort: [{ field: VERSION_NUMBER, direction: DESC }]) {
        nodes { id code versionNumber publishedFileType { code } task { id content step { code } } version { id code sgStatusList } }
      }
    }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'shots-by-ids',
    story: 'shots that a tool remembers, with their newest versions',
    query: `query Remembered($ids: [Int!]!) {
      shotsByIds(ids: $ids) { id code sgSequence { code project { name } } sgVersions { id code sgStatusList } }
    }`,
    variables: { ids: [2, 3, 5, 99999999] },
    waves: 1,
    calls: 2,
  },
  {
    name: 'versions-of-a-shot',
    story: 'the versions of a shot with their playlists: the filter says enough to search for both at once',
    query: `query VersionsOfShot {
      versions(first: 20, filter: { entity: { is: { type: "Shot", id: 2 } } }) { nodes { code playlists { code } publishedFiles { code } } }
    }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'two-lists',
    story: 'two lists of one type under aliases, and the statuses beside them',
    query: `query TwoLists {
      waiting: versions(first: 10, filter: { sgStatusList: { is: "rev" }, project: { is: { type: "Project", id: 1 } } }) { nodes { id code } }
      approved: versions(first: 10, filter: { sgStatusList: { is: "apr" }, project: { is: { type: "Project", id: 1 } } }) { nodes { id code } }
      statuses(first: 200) { nodes { code nameField bgColor } }
    }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'same-list-twice',
    story: 'two parts of a page that ask for the same list, each for its own fields',
    query: `query Twice {
      left: shots(first: 5, ${PROJECT}) { nodes { id code } }
      right: shots(first: 5, ${PROJECT}) { nodes { id sgStatusList sgSequence { code } } }
    }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'task-page',
    story: 'a task with its assignees, versions and the shot that it belongs to',
    query: `query TaskPage {
      task(id: 239) { content sgStatusList dueDate duration step { code } entity { id type name ... on Shot { cutIn cutOut } ... on Asset { sgAssetType } }
        taskAssignees { id name } sgVersions { code sgStatusList } }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'search-box',
    story: 'a search box over several types, with names only',
    query: `query Box { search(text: "attic", types: ["Shot", "Asset"], projectId: 1, first: 10) { name status entity { id type name } } }`,
    waves: 1,
    calls: 1,
  },
];

export const PAGES: readonly Page[] = [...COMMON_PAGES, ...REVIEW_PAGES, ...STUDIO_PAGES];
