/**
 * The site's schema or `expose.yml` cannot be used. Thrown only at start-up and by the schema commands; `problems`
 * contains the mistakes, each with its place and remedy. For a snapshot in another form it contains the first ten and the
 * number of the others.
 */
export class SiteSchemaError extends Error {
  override readonly name = 'SiteSchemaError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause?: unknown) {
    super(problems.join('\n'), { cause });
    this.problems = problems;
  }
}
