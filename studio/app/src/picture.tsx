import { useState } from 'react';
import type { VersionFieldsFragment } from './gql/graphql.ts';

type Image = VersionFieldsFragment['image'];

/** A Version's picture, or a word where there is none: links to storage run out after a while. */
export function Picture({ image, alt }: { readonly image: Image; readonly alt: string }) {
  const [brokenSource, setBrokenSource] = useState<string | null>(null);
  const source = image?.url;
  if (image?.state === 'PENDING') return <span className="no-picture">ShotGrid is making the picture</span>;
  if (!source || source === brokenSource) return <span className="no-picture">No picture</span>;
  return <img src={source} alt={alt} loading="lazy" onError={() => setBrokenSource(source)} />;
}
