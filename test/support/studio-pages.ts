import { LAUNCH_ID, type Page, PROJECT } from './page.ts';

/** Pages of people who break shots down, cut, deliver, and follow what depends on what. */
export const STUDIO_PAGES: readonly Page[] = [
  {
    name: 'shot-breakdown',
    story: 'a breakdown: the shots of a project with their tasks and the assets in them',
    query: `query Breakdown {
      shots(first: 25, ${PROJECT}, sort: [{ field: CODE }]) {
        nodes { code sgStatusList cutIn cutOut sgSequence { code } tasks { content sgStatusList step { code } } assets { code sgAssetType } }
      }
    }`,
    waves: 2,
    calls: 3,
  },
  {
    name: 'shot-progress',
    story: 'the shots of a project with the state of each task, newest first',
    query: `query Progress {
      shots(first: 20, ${PROJECT}, sort: [{ field: ID, direction: DESC }]) { nodes { code tasks { content sgStatusList dueDate } } }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'editorial-cut',
    story: 'a cut with its items, their shots and versions',
    query: `query Editorial {
      cut(id: 1) { code revisionNumber cutItems { code cutOrder shot { code sgSequence { code } } version { code sgStatusList } } }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'sequence-cuts',
    story: 'a sequence with its cuts, the items of each, and its shots',
    query: `query SequenceCuts { sequence(id: 2) { code cuts { code cutItems { code cutOrder } } shots { code } } }`,
    waves: 1,
    calls: 4,
  },
  {
    name: 'playlists',
    story: 'the playlists of a project with their Versions',
    query: `query Playlists {
      playlists(first: 10, ${PROJECT}, sort: [{ field: CODE }]) { nodes { code versions { code sgStatusList } } }
    }`,
    waves: 2,
    calls: 2,
  },
  {
    name: 'note-threads',
    story: 'the newest notes of a project with what was replied',
    query: `query Threads {
      notes(first: 20, ${PROJECT}, sort: [{ field: ID, direction: DESC }]) { nodes { subject replies { content createdAt user { name } } } }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'note-with-files',
    story: 'a note with its files, its tasks, and what it is about',
    query: `query NoteWithFiles {
      note(id: 4) { subject
        noteLinks { ... on Shot { code sgStatusList } ... on Version { code sgStatusList } ... on Asset { code sgAssetType } }
        tasks { content dueDate } attachments { displayName description } }
    }`,
    waves: 1,
    calls: 6,
  },
  {
    name: 'notes-to-me',
    story: 'notes that are addressed to me, with their replies',
    query: `query NotesToMe {
      notes(first: 20, filter: { addressingsTo: { is: { type: "HumanUser", id: 31 } } }, sort: [{ field: ID, direction: DESC }]) {
        nodes { subject noteLinks { id type name } replies { content user { name } } }
      }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'delivery',
    story: 'a delivery with the Versions that go into it',
    query: `query Delivery {
      delivery(id: 1) { title sgStatusList project { name } }
      versions(first: 50, filter: { entity: { is: { type: "Delivery", id: 1 } } }) { nodes { code sgStatusList publishedFiles { code } } }
    }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'task-dependencies',
    story: 'a task with what it waits for and what waits for it, two levels both ways',
    query: `query Dependencies {
      before: task(id: 241) { content dueDate upstreamTasks { content dueDate upstreamTasks { content dueDate } } }
      after: task(id: 241) { content startDate downstreamTasks { content startDate downstreamTasks { content startDate } } }
    }`,
    waves: 1,
    calls: 5,
  },
  {
    name: 'published-tree',
    story: 'a published file with what it was made from and what was made from it',
    query: `query Published {
      publishedFile(id: 3) { code
        upstreamPublishedFiles { code version { code } } downstreamPublishedFiles { code task { content } } }
    }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'asset-family',
    story: 'an asset with its parents, its parts, and the shots and sequences that use it',
    query: `query Family { asset(id: 7) { code parents { code } assets { code } shots { code sgSequence { code } } sequences { code } } }`,
    waves: 1,
    calls: 5,
  },
  {
    name: 'department',
    story: 'a department with its people and its steps',
    query: `query Department { department(id: 1) { nameField users { login email groups { id name } } steps { code } } }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'project-people',
    story: 'a project with its people and the groups of each',
    query: `query ProjectPeople { project(id: 1) { nameField users { login groups { code } } } }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'version-siblings',
    story: 'a Version with the other Versions of its shot or asset',
    query: `query Siblings {
      version(id: 931) { code entity { id type name
        ... on Shot { code sgVersions { code sgStatusList } } ... on Asset { code sgVersions { code sgStatusList } } } }
    }`,
    waves: 1,
    calls: 5,
  },
  {
    name: 'asset-shot-versions',
    story: 'an asset with the Versions of every shot that uses it',
    query: `query AssetShotVersions { asset(id: 7) { code shots { code sgVersions { code sgStatusList createdAt } } } }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'time-logs',
    story: 'the hours of a person with the task of each',
    query: `query Hours {
      timeLogs(first: 50, filter: { user: { is: { type: "HumanUser", id: 31 } } }, sort: [{ field: DATE, direction: DESC }]) {
        nodes { date duration entity { content step { code } project { name } } }
      }
    }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'approvals',
    story: 'a selection to approve, with the tasks of each shot and what was said of each Version',
    query: `query Approvals {
      launch(id: "${LAUNCH_ID}") { selected { id ... on Version { code entity { ... on Shot { code tasks { content sgStatusList } } } notes { subject } } } }
    }`,
    waves: 1,
    calls: 4,
  },
];
