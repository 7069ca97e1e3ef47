import { isOtherSite } from '../../base/same-site.ts';

/** The listed front ends that get no cookie, one sentence each. */
export const otherSites = ({
  http: { publicUrl },
  frontEndOrigins,
}: {
  readonly http: { readonly publicUrl: string };
  readonly frontEndOrigins: readonly string[];
}): readonly string[] =>
  frontEndOrigins
    .filter((origin) => isOtherSite(publicUrl, origin))
    .map(
      (origin) =>
        `${origin} is at another site than ${publicUrl}: browsers send no cookie with its requests, so nobody is signed in there.`,
    );
