import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { PictureDocument, type VersionFieldsFragment } from './gql/graphql.ts';

interface PictureProps {
  readonly version: VersionFieldsFragment;
  /** On a card the picture is what opens it; in the panel it is only looked at. */
  readonly opens: boolean;
}

/** A Version's picture, or a word where there is none. One that does not come can be asked for again. */
export function Picture({ version, opens }: PictureProps) {
  const client = useApolloClient();
  const [brokenSource, setBrokenSource] = useState<string | null>(null);
  const { id, code, image } = version;
  const source = image?.url;
  const look = async (): Promise<void> => {
    await client.query({ query: PictureDocument, variables: { id }, fetchPolicy: 'network-only' });
    // The address may be the same one.
    setBrokenSource(null);
  };
  if (source && source === brokenSource) {
    return (
      <div className="picture no-picture" data-testid="picture-failed">
        The picture did not come.
        <button type="button" className="button small" onClick={() => void look().catch(() => undefined)}>
          Try again
        </button>
      </div>
    );
  }
  const isMade = image?.state !== 'PENDING';
  const alt = opens ? '' : (code ?? '');
  const shown =
    source && isMade ? (
      <img src={source} alt={alt} loading="lazy" onError={() => setBrokenSource(source)} />
    ) : (
      <span>{isMade ? 'No picture' : 'ShotGrid is making the picture'}</span>
    );
  if (!opens) return <div className="picture">{shown}</div>;
  return (
    <button type="button" className="picture" tabIndex={-1}>
      <span className="unseen">Open {code ?? `Version ${id}`}. </span>
      {shown}
    </button>
  );
}
