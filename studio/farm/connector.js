// @ts-check
/** The render farm in GraphQL: what it shows depends on who asks, for each call is made as that person. */

/** @type {import('shotgraph/connector').Connector} */
export const connector = {
  typeDefs: /* GraphQL */ `
    enum RenderJobState {
      QUEUED
      RUNNING
      DONE
      FAILED
    }

    "A job of the render farm."
    type RenderJob {
      id: Int!
      name: String!
      state: RenderJobState!
      "From 0 to 100."
      progress: Int!
      frames: Int!
      owner: String!
      retriedBy: String
      "The version that it renders, if you may see it."
      version: Version
    }

    extend type Version {
      "Its jobs on the render farm that you may see."
      renderJobs: [RenderJob!]
    }

    extend type Shot {
      "Jobs of its versions on the render farm that you may see."
      renderJobs: [RenderJob!]
    }

    extend type Mutation {
      "Renders a job again that has failed."
      retryRenderJob(id: Int!): RenderJob
    }
  `,

  fields: {
    Version: {
      async renderJobs(versions, _args, { system }) {
        const ids = versions.map(({ id }) => id);
        const jobs = await jobsOf(system, { versions: ids.join(',') });
        return ids.map((id) => jobs.filter((job) => job.versionId === id));
      },
    },
    Shot: {
      async renderJobs(shots, _args, { system }) {
        const ids = shots.map(({ id }) => id);
        const jobs = await jobsOf(system, { shots: ids.join(',') });
        return ids.map((id) => jobs.filter((job) => job.shotId === id));
      },
    },
  },

  mutations: {
    async retryRenderJob({ id }, { system }) {
      return withVersion(await system.send('POST', `/jobs/${Number(id)}/retry`));
    },
  },
};

/**
 * @param {import('shotgraph/connector').SystemClient} system
 * @param {Record<string, string>} query
 */
async function jobsOf(system, query) {
  const { jobs } = /** @type {{jobs: {versionId: number, shotId: number | null}[]}} */ (
    await system.get('/jobs', query)
  );
  return jobs.map(withVersion);
}

/** `version` is read from ShotGrid by its id. @param {any} job */
const withVersion = (job) => ({ ...job, version: { id: job.versionId } });
