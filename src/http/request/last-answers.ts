import type { ServerResponse } from 'node:http';

/** Once the server stops, each answer closes its connection, so that a proxy sends its next request elsewhere. */
export class LastAnswers {
  readonly #open = new Set<ServerResponse>();
  #hasBegun = false;

  follow(response: ServerResponse): void {
    if (this.#hasBegun) {
      response.setHeader('Connection', 'close');
      return;
    }
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  /** Pending answers close their connections too. */
  begin(): void {
    this.#hasBegun = true;
    for (const response of this.#open) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    this.#open.clear();
  }
}
