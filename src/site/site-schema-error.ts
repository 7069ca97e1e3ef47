/**
 * The site's schema or `expose.yml` cannot be used. Thrown at start-up and by the schema commands only;
 * `problems` holds every mistake found, each with its place and what to do.
 */
export class SiteSchemaError extends Error {
  override readonly name = 'SiteSchemaError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause?: unknown) {
    super(problems.join('\n'), { cause });
    this.problems = problems;
  }
}
