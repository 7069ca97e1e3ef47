import { createRequire } from 'node:module';

export interface Row {
  readonly id: number;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships: Readonly<Record<string, { readonly data: unknown }>>;
}

export interface Page {
  readonly data: readonly Row[];
  reachedEnd(): boolean;
  getNext(options: { client: VendorClient }): Promise<Page | undefined>;
  getPrev(options: { client: VendorClient }): Promise<Page | undefined>;
}

/** What the vendor's package for JavaScript offers; it comes without types. */
export interface VendorClient {
  connect(credentials?: object): Promise<{ access_token: string; refresh_token: string; token_type: string }>;
  refreshToken(): Promise<{ access_token: string; refresh_token: string }>;
  tokenExpirationTimestamp: number;
  entityRead(request: object): Promise<Row>;
  entityReadAll(request: object): Promise<Page>;
  entitySearch(request: object): Promise<Page>;
  entityCreate(request: object): Promise<Row>;
  entityUpdate(request: object): Promise<Row>;
  entityDelete(request: object): Promise<unknown>;
  entityRevive(request: object): Promise<{ id: number }>;
  entityBatch(request: object): Promise<readonly object[]>;
  entityItemUpload(request: object): Promise<void>;
  schemaGet(request: object): Promise<Readonly<Record<string, unknown>>>;
  schemaFieldCreate(request: object): Promise<object>;
  schemaFieldUpdate(request: object): Promise<object>;
  schemaFieldDelete(request: object): Promise<unknown>;
  schemaFieldRevive(request: object): Promise<object>;
  preferencesGet(request: object): Promise<Readonly<Record<string, unknown>>>;
}

export const { ShotgunApiClient, PaginatedRecordResponse, SchemaFieldDefinition, RequestError } =
  createRequire(import.meta.url)('shotgun-nodejs') as {
    ShotgunApiClient: new (options: object) => VendorClient;
    PaginatedRecordResponse: new (options: object) => Page;
    SchemaFieldDefinition: { readonly DATA_TYPES: readonly string[] };
    RequestError: new () => Error & { readonly body: { errors: { code: number; title: string }[] } };
  };

/** Every method of a class of the client, called through to it and noted. */
export function watchMethods(
  { name, prototype }: { name: string; prototype: object },
  called: Set<string>,
): string[] {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(
    ([method, { value }]) => method !== 'constructor' && typeof value === 'function',
  );
  for (const [method, { value }] of methods) {
    const original = value as (this: unknown, ...given: unknown[]) => unknown;
    Object.defineProperty(prototype, method, {
      value(this: unknown, ...given: unknown[]) {
        called.add(`${name}.${method}`);
        return original.apply(this, given);
      },
    });
  }
  return methods.map(([method]) => `${name}.${method}`);
}
