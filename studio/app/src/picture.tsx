import { useState } from 'react';

/** A Version's picture, or a word where there is none: links to storage run out after a while. */
export function Picture({
  source,
  alt,
}: {
  readonly source: string | null | undefined;
  readonly alt: string;
}) {
  const [brokenSource, setBrokenSource] = useState<string | null>(null);
  if (!source || source === brokenSource) return <span className="no-picture">No picture</span>;
  return <img src={source} alt={alt} loading="lazy" onError={() => setBrokenSource(source)} />;
}
