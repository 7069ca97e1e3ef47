import type { PersonCaller } from '../wire/person-caller.ts';
import type { CallOptions, EntityLink, RecordRef } from '../port/records.ts';
import type { FilterGroup, SummarizeRequest, SummaryGroup } from '../port/requests.ts';

/**
 * One operation of the site as a value: its name, its subject and how a person runs it. Only the client of a
 * person can run it, so nothing can be read or written without a person.
 *
 * To add an operation, write a function that returns one of these and the resolver that calls it. Log, audit and
 * explain read the value itself, so they keep no list of operations.
 */
export type Operation<T> = Reading<T> | Changing<T>;

/** An operation that changes no record. */
export interface Reading<T> extends Stated<T> {
  readonly changes?: undefined;
}

/** An operation that changes something. The audit trail records each change, and earlier reads are dropped. */
export interface Changing<T> extends Stated<T> {
  /** @param answer undefined if the operation failed */
  changes(answer: T | undefined): readonly Changed[];
}

interface Stated<T> {
  /** Its name in plans and in the log of calls. */
  readonly kind: string;
  /** Its entity type; null if it has none or several. */
  readonly type: string | null;
  /** The rows that it concerns. */
  readonly filter?: FilterGroup;
  run(caller: PersonCaller, options?: CallOptions): Promise<T>;
  /**
   * A possible answer of the site, used to plan later steps without a call. Null for a search, whose plan contains
   * more, and if later steps depend on more than the request.
   */
  readonly sample: ((site: SampleSite) => T) | null;
}

/** A record that an operation changes. Only field names: values stay with the site. */
export interface Changed {
  /** The kind of change, such as `create`. */
  readonly kind: string;
  readonly entity: { readonly type: string; readonly id: number | null };
  readonly fields: readonly string[];
}

/** A stand-in for the site that sends no call: it supplies the types, links and rows of sample answers. */
export interface SampleSite {
  readonly types: readonly string[];
  /** @param source readable origin of such a row: `followers` */
  link(type: string, source: string): EntityLink;
  /** A record that would be created. */
  made(type: string): RecordRef;
  summary(request: SummarizeRequest): SummaryGroup;
}

/** The change of one record whose id is already known. */
export const changed = (
  kind: string,
  { type, id }: RecordRef,
  fields: readonly string[] = [],
): readonly Changed[] => [{ kind, entity: { type, id }, fields }];
