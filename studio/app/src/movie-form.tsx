import { useApolloClient } from '@apollo/client/react';
import type { ChangeEvent } from 'react';
import { type Desk, type UploadWork, useDesk } from './desk.ts';
import type { VersionFieldsFragment } from './gql/graphql.ts';
import { Refusal } from './notices.tsx';
import { cancelUpload, goOn, startUpload } from './uploads.ts';

interface MovieFormProps {
  readonly version: VersionFieldsFragment;
  readonly desk: Desk;
}

/** The movie of the Version, and a way to replace it. */
export function MovieForm({ version, desk }: MovieFormProps) {
  const client = useApolloClient();
  const { upload: state } = useDesk(desk).of(version.id);
  const isBusy = state?.kind === 'sending' || state?.kind === 'linking';
  const choose = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const [file] = target.files ?? [];
    if (file !== undefined) void startUpload(client, desk, version.id, file);
    // The same file can be chosen again.
    target.value = '';
  };
  return (
    <form className="note" tabIndex={-1} data-testid="movie-form" aria-label="Movie">
      <h3>Movie</h3>
      <p className="quiet">{version.sgUploadedMovie?.name ?? 'None yet.'}</p>
      {isBusy ? (
        <p>Uploading {state.fileName}</p>
      ) : (
        <label>
          Upload a movie
          <input type="file" accept="video/*" onChange={choose} />
        </label>
      )}
      {state === null ? null : (
        <Progress
          state={state}
          onCancel={() => cancelUpload(desk, version.id)}
          onGoOn={() => void goOn(desk, version.id)}
        />
      )}
    </form>
  );
}

const MIB = 1024 * 1024;
const mib = (bytes: number): string => (bytes / MIB).toFixed(1);

interface ProgressProps {
  readonly state: UploadWork;
  readonly onCancel: () => void;
  readonly onGoOn: () => void;
}

function Progress({ state, onCancel, onGoOn }: ProgressProps) {
  switch (state.kind) {
    case 'sending':
      return (
        <div className="upload" data-testid="upload-progress">
          <progress value={state.sentBytes} max={state.sizeBytes} aria-label={state.fileName} />
          <span>
            {mib(state.sentBytes)} of {mib(state.sizeBytes)} MiB
          </span>
          <button type="button" className="button" onClick={onCancel}>
            Cancel
          </button>
        </div>
      );
    case 'linking':
      return <p role="status">ShotGrid takes the movie…</p>;
    case 'done':
      return (
        <p role="status" className="sent" data-testid="upload-done">
          {state.fileName} is in ShotGrid.
        </p>
      );
    case 'cancelled':
      return (
        <p role="status" data-testid="upload-cancelled">
          The upload was cancelled. Nothing has changed.
        </p>
      );
    default:
      return (
        <>
          <Refusal problem={state.problem} testId="upload-refusal" />
          {state.canGoOn ? (
            <button type="button" className="button" onClick={onGoOn} data-testid="upload-go-on">
              Go on with the upload
            </button>
          ) : null}
        </>
      );
  }
}
