import fastify from 'fastify';
import { createSchema, createYoga } from 'graphql-yoga';
import mercurius from 'mercurius';

/** Other GraphQL servers with the same page, as a request handler of node:http. */
export async function createPeer(name, sdl, nodes) {
  const resolvers = {
    Query: { versions: () => ({ nodes }) },
    Version: {
      project: (version) => version.project,
      sgTask: (version) => version.sgTask,
      user: (version) => version.user,
    },
  };
  if (name === 'yoga')
    return createYoga({ schema: createSchema({ typeDefs: sdl, resolvers }), logging: false });
  if (name === 'mercurius-jit') {
    const app = fastify();
    app.register(mercurius, { schema: sdl, resolvers, jit: 1 });
    await app.ready();
    return (request, response) => app.routing(request, response);
  }
  throw new Error(`There is no peer ${name}.`);
}
