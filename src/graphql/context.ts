import type { SessionUuid } from '../base/ids.ts';
import type { Principal } from '../identity/principal.ts';
import type { Launch } from '../launch/launch.ts';
import type { EntityReader, EntityWriter, SiteFeatures } from '../query/ports.ts';

/** What the resolvers of one request may use: everything in it is of one person and lives for that request. */
export interface GraphqlContext {
  readonly principal: Principal;
  readonly requestId: string;
  /** Reads as the person. What is asked in one tick shares its searches. */
  readonly reader: EntityReader;
  /** Writes as the person, carrying the `session_uuid` of the launch that the request named. */
  readonly writer: EntityWriter;
  /** What ShotGrid tells beside its rows, as the person. */
  readonly site: SiteFeatures;
  readLaunch(id: string): Promise<Launch | undefined>;
}

export interface ReadWrite {
  readerFor(principal: Principal, signal: AbortSignal): EntityReader;
  siteFor(principal: Principal, signal: AbortSignal): SiteFeatures;
  writerFor(principal: Principal, options: { sessionUuid?: SessionUuid }, signal: AbortSignal): EntityWriter;
}
