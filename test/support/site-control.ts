/** Asks the emulated site for something that no real one does: faults, its log, another state. */
export type SiteControl = (method: string, path: string, body?: object) => Promise<unknown>;

/** @param url of the site */
export const controlOf =
  (url: string): SiteControl =>
  async (method, path, body) => {
    const answer = await fetch(`${url}/__studio/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
