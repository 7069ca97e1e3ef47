/**
 * The site's schema or `expose.yml` cannot be used. Thrown only at start-up and by the schema commands; `problems`
 * contains every mistake, each with its place and remedy.
 */
export class SiteSchemaError extends Error {
  override readonly name = 'SiteSchemaError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause?: unknown) {
    super(problems.join('\n'), { cause });
    this.problems = problems;
  }
}
