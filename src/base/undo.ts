/** Resources that were opened during a construction. Where a later step fails, they are closed in reverse order. */
export class Undo {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /**
   * Closes everything once. A failing step does not prevent the others; its error is dropped in favour of the
   * first failure.
   */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).toReversed()) {
      try {
        await step();
      } catch {
        // The failure that led here is the one that is reported.
      }
    }
  }
}
