import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './explorer.css';

const DEFAULT_QUERY = `# Everything is read as you.
{
  viewer {
    displayName
    login
    permissionRole
  }
  versions(first: 5, sort: [{ field: ID, direction: DESC }]) {
    nodes {
      code
      sgStatusList
      entity {
        type
        name
      }
    }
  }
}
`;

/** Sends documents to this server with the session's cookie. */
async function fetcher(parameters: object): Promise<never> {
  const answer = await fetch('/graphql', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
  });
  return (await answer.json()) as never;
}

const place = document.querySelector('#explorer');
if (place !== null) createRoot(place).render(<GraphiQL fetcher={fetcher} defaultQuery={DEFAULT_QUERY} />);
