/** A client of the provider. */
export interface IdpClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri?: string;
}

/** An API of the studio that accepts access tokens as JWTs. */
export interface IdpApi {
  /** Its address: the audience of its tokens. */
  readonly audience: string;
  readonly scope: string;
}
