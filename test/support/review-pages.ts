import { LAUNCH_ID, type Page, PROJECT } from './page.ts';

/** Pages of those who look at versions together, and of those who plan their work. */
export const REVIEW_PAGES: readonly Page[] = [
  {
    name: 'playlist-in-order',
    story: 'a playlist as it is shown in the screening room: its Versions in the order that people gave them',
    query: `query Screening {
      playlist(id: 1) { code sgDateAndTime orderedVersions { code sgStatusList entity { id type name } user { name } } }
    }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'selection-for-a-playlist',
    story: 'a selection beside the playlist that it shall go into: each branch waits for its own calls only',
    query: `query AddToPlaylist {
      playlist(id: 1) { code versions { id code } }
      launch(id: "${LAUNCH_ID}") { selected { id name ... on Version { code playlists { id name } } } }
    }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'note-thread',
    story: 'a note with its whole thread, files included',
    query: `query Thread { note(id: 4) { subject noteLinks { id type name } thread { type content createdAt author { id name } } } }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'shot-review',
    story: 'what was said of a shot: its Versions, their notes and the replies, three levels beside the shot',
    query: `query ShotReview {
      shot(id: 2) { code sgVersions { code sgStatusList notes { subject content user { id name } replies { content user { id name } } } } }
    }`,
    waves: 1,
    calls: 4,
  },
  {
    name: 'dailies',
    story: 'the Versions of the last days with what was said of them: the days make few of a whole project',
    query: `query Dailies($days: DateTimeFilter!) {
      versions(first: 100, filter: { project: { is: { type: "Project", id: 1 } }, createdAt: $days }, sort: [{ field: ID, direction: DESC }]) {
        nodes { id code createdAt entity { id type name } notes { subject content } }
      }
    }`,
    variables: { days: { between: ['2026-04-24T00:00:00Z', '2026-04-28T00:00:00Z'] } },
    waves: 1,
    calls: 2,
  },
  {
    name: 'schedule',
    story: 'a chart of the tasks of a project with what they wait for',
    query: `query Schedule {
      tasks(first: 50, ${PROJECT}, sort: [{ field: START_DATE }]) {
        nodes { id content startDate dueDate duration milestone sgStatusList entity { id type name } step { code color } taskAssignees { id name } upstreamTasks { id name } }
        totalCount
      }
    }`,
    waves: 1,
    calls: 2,
  },
  {
    name: 'person-page',
    story: 'a person with their open tasks and newest Versions',
    query: `query Person {
      humanUser(id: 31) { nameField email department { name } groups { id name } projects { id name } }
      tasks(first: 20, filter: { taskAssignees: { is: { type: "HumanUser", id: 31 } }, sgStatusList: { is: "ip" } }) {
        nodes { id content dueDate project { id name } entity { id type name } }
      }
      versions(first: 5, filter: { user: { is: { type: "HumanUser", id: 31 } } }, sort: [{ field: ID, direction: DESC }]) {
        nodes { id code sgStatusList sgTask { content step { code } } }
      }
    }`,
    waves: 1,
    calls: 3,
  },
  {
    name: 'log-page',
    story: 'what happened in a project, newest first',
    query: `query Log {
      eventLogEntries(first: 50, ${PROJECT}, sort: [{ field: ID, direction: DESC }]) {
        nodes { id eventType createdAt attributeName entity { id type name } user { id name } }
        pageInfo { hasNextPage endCursor }
      }
    }`,
    waves: 1,
    calls: 1,
  },
  {
    name: 'season',
    story:
      'the sequences of a project with the shots of each and who works on them: three levels of a project',
    query: `query Season {
      sequences(first: 10, ${PROJECT}) { nodes { code shots { code tasks { content taskAssignees { name ... on HumanUser { email } } } } } }
    }`,
    waves: 2,
    calls: 4,
  },
];
