/** Where Shotgraph is: empty where it serves this page itself. */
const server = document.querySelector('meta[name="shotgraph"]')?.content ?? '';

/** The click in ShotGrid that opened this page; null for a bookmark. */
export const launch = new URLSearchParams(location.search).get('launch');

/** Asks as the person who is signed in. Sends them to the sign-in first where they are not. */
export async function ask(query, variables = {}) {
  const answer = await fetch(`${server}/graphql`, {
    method: 'POST',
    credentials: 'include',
    headers: {
      'content-type': 'application/json',
      ...(launch === null ? {} : { 'x-shotgraph-launch': launch }),
    },
    body: JSON.stringify({ query, variables }),
  });
  if (answer.status === 401) {
    signIn();
    return new Promise(() => {});
  }
  const { data, errors } = await answer.json();
  if (errors) throw new Error(`${errors[0].message} (${errors[0].extensions.code})`);
  return data;
}

/** No provider signs anybody in inside a frame: ShotGrid's overlay has a page of Shotgraph for it. */
function signIn() {
  const here = server === '' ? location.pathname + location.search : location.href;
  location.href = location.pathname.startsWith('/overlay/')
    ? `/overlay/${launch}`
    : `${server}/auth/login?returnTo=${encodeURIComponent(here)}`;
}
