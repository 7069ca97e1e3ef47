import type { PersonCaller } from '../wire/person-caller.ts';
import type { CallOptions, EntityLink, RecordRef } from '../port/records.ts';
import type { FilterGroup, SummarizeRequest, SummaryGroup } from '../port/requests.ts';

/**
 * One operation of the site, as a value: what it is called, what it is about, and how a person carries it out. By itself it
 * does nothing: only the client of a person can call it, so there is no way to read or write as nobody.
 *
 * A new operation is a function that returns one of these, and the resolver that calls it. What is done around every
 * operation (log, audit, explain) asks the value, and knows no list of them.
 */
export type Operation<T> = Reading<T> | Changing<T>;

/** An operation that changes no record. */
export interface Reading<T> extends Stated<T> {
  readonly changes?: undefined;
}

/** An operation that changes something: each change is told to the audit trail, and what was read before is forgotten. */
export interface Changing<T> extends Stated<T> {
  /** @param answer undefined where it failed */
  changes(answer: T | undefined): readonly Changed[];
}

interface Stated<T> {
  /** Its name in plans and in the log of calls. */
  readonly kind: string;
  /** Entity type that it is about; null where it is about none or several. */
  readonly type: string | null;
  /** System names of the fields that it reads. */
  readonly fields?: readonly string[];
  /** Which rows it is about. */
  readonly filter?: FilterGroup;
  run(caller: PersonCaller, options?: CallOptions): Promise<T>;
  /**
   * An answer as the site could give it, to plan what comes after it without asking. Null for a search, whose plan says more,
   * and where what comes after it depends on more than the request.
   */
  readonly sample: ((site: SampleSite) => T) | null;
}

/** A record that an operation changes. Names of fields only: values are nobody's business but the site's. */
export interface Changed {
  /** What is done to it, such as create. */
  readonly kind: string;
  readonly entity: { readonly type: string; readonly id: number | null };
  readonly fields: readonly string[];
}

/** A site that is asked nothing: what its answers could name. */
export interface SampleSite {
  readonly types: readonly string[];
  /** @param source where such a row comes from, as people read it: `followers` */
  link(type: string, source: string): EntityLink;
  /** A record that would be made. */
  made(type: string): RecordRef;
  summary(request: SummarizeRequest): SummaryGroup;
}

/** The change of one record that is known beforehand. */
export const changed = (
  kind: string,
  { type, id }: RecordRef,
  fields: readonly string[] = [],
): readonly Changed[] => [{ kind, entity: { type, id }, fields }];
