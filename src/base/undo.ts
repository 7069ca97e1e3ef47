/** What was opened while something is made, to be closed in reverse order where a later step fails. */
export class Undo {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Closes everything once. A step that fails does not keep the others open; it has nothing to say beside the first failure. */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).toReversed()) {
      try {
        await step();
      } catch {
        // The failure that led here is the one that is told.
      }
    }
  }
}
