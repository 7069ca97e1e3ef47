// @ts-check
/** The time sheets in GraphQL: hours a task. What the time sheets refuse is told in their own sentence. */

/** @type {import('shotgraph/connector').Connector} */
export const connector = {
  typeDefs: /* GraphQL */ `
    "Hours of one person on one day."
    type TimesheetEntry {
      id: Int!
      person: String!
      "Such as 2026-11-30."
      day: Date!
      hours: Float!
      "The task, if you may see it."
      task: Task
    }

    extend type Task {
      "Hours in the time sheets that you may see."
      timesheet: [TimesheetEntry!]
    }

    extend type Query {
      "Hours of a day that you may see in the time sheets, also on tasks that ShotGrid does not show you."
      timesheet(day: Date!): [TimesheetEntry!]
    }

    extend type Mutation {
      "Enters hours of yours. A week that has been billed takes no more."
      logHours(taskId: Int!, day: Date!, hours: Float!): TimesheetEntry
    }
  `,

  fields: {
    Task: {
      async timesheet(tasks, _args, { system }) {
        const ids = tasks.map(({ id }) => id);
        const entries = await entriesOf(system, { task: ids });
        return ids.map((id) => entries.filter(({ task }) => task.id === id));
      },
    },
  },

  queries: {
    timesheet: ({ day }, { system }) => entriesOf(system, { day: String(day) }),
  },

  mutations: {
    async logHours({ taskId, day, hours }, { system }) {
      return withTask(await system.send('POST', '/entries', { taskId, day, hours }));
    },
  },
};

/**
 * @param {import('shotgraph/connector').SystemClient} system
 * @param {import('shotgraph/connector').SystemQuery} query
 */
async function entriesOf(system, query) {
  const { entries } = /** @type {{entries: unknown[]}} */ (await system.get('/entries', query));
  return entries.map(withTask);
}

/** `task` is read from ShotGrid by its id. @param {any} entry */
const withTask = (entry) => ({ ...entry, task: { id: entry.taskId } });
