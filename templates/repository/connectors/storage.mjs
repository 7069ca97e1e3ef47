// @ts-check
/**
 * An example: how much of the studio's storage each project uses. The storage is asked as the person who is signed in.
 * It takes effect once shotgraph.yml names it under `systems`.
 *
 * @type {import('shotgraph/connector').Connector}
 */
export const connector = {
  typeDefs: /* GraphQL */ `
    extend type Project {
      "Gigabytes that the project uses on the storage."
      storageGigabytes: Float
    }
  `,
  fields: {
    Project: {
      // Once for all projects of a level; one value for each, in their order.
      async storageGigabytes(projects, _args, { system }) {
        const ids = projects.map(({ id }) => id);
        const usage = await system.get('/usage', { projects: ids.join(',') });
        return ids.map((id) => usage.find(({ project }) => project === id)?.gigabytes ?? null);
      },
    },
  },
};
