import { useApolloClient, useQuery } from '@apollo/client/react';
import { type Desk, useDesk } from './desk.ts';
import { RenderJobsDocument, type RenderJobFieldsFragment } from './gql/graphql.ts';
import { type Problem, problemOf } from './problem.ts';
import { retryJob } from './retry-job.ts';
import { shotgraph } from './client.ts';

const STATE_NAMES: Readonly<Record<RenderJobFieldsFragment['state'], string>> = {
  QUEUED: 'waiting',
  RUNNING: 'rendering',
  DONE: 'done',
  FAILED: 'failed',
};

interface JobsProps {
  readonly versionId: number;
  readonly desk: Desk;
}

/** The Version's jobs on the render farm, as far as the person may see them. Where the farm is away, so it says. */
export function RenderJobs({ versionId, desk }: JobsProps) {
  // Beside the Version itself, which is shown whether the farm answers or not.
  const { data, error, loading, refetch } = useQuery(RenderJobsDocument, {
    variables: { id: versionId },
    errorPolicy: 'all',
    fetchPolicy: 'cache-and-network',
  });
  const jobs = data?.version?.renderJobs;
  if (jobs == null) {
    return loading ? null : (
      <section className="jobs" tabIndex={-1} aria-label="Render farm" data-testid="jobs">
        <h3>Render farm</h3>
        <p className="quiet" role="status">
          {error === undefined ? (
            'The render farm shows you nothing here.'
          ) : (
            <Said problem={problemOf(error, 'read')} />
          )}
        </p>
        {error === undefined ? null : (
          <button
            type="button"
            className="button small"
            onClick={() => void refetch().catch(() => undefined)}
          >
            Try again
          </button>
        )}
      </section>
    );
  }
  if (jobs.length === 0) return null;
  return (
    <section className="jobs" tabIndex={-1} aria-label="Render farm" data-testid="jobs">
      <h3>Render farm</h3>
      <ul>
        {jobs.map((job) => (
          <RenderJobRow key={job.id} job={job} versionId={versionId} desk={desk} />
        ))}
      </ul>
    </section>
  );
}

const IDLE = { isSending: false, problem: null };

/** The farm may ask for a stronger sign-in than the person has made. */
function Said({ problem: { text, loginUrl } }: { readonly problem: Problem }) {
  if (loginUrl === null) return text;
  return (
    <>
      {text} <a href={shotgraph.session.addresses.stepUp(loginUrl)}>Sign in</a>
    </>
  );
}

interface RowProps extends JobsProps {
  readonly job: RenderJobFieldsFragment;
}

function RenderJobRow({ job, versionId, desk }: RowProps) {
  const client = useApolloClient();
  const { isSending, problem } = useDesk(desk).of(versionId).jobs[job.id] ?? IDLE;
  return (
    <li data-state={job.state}>
      <span className="name">{job.name}</span>
      <span className="state">
        {STATE_NAMES[job.state]}
        {job.state === 'RUNNING' ? ` ${job.progress} %` : ''}
        {job.retriedBy == null ? '' : `, again by ${job.retriedBy}`}
      </span>
      {job.state === 'FAILED' ? (
        <button
          type="button"
          className="button small"
          aria-disabled={isSending || undefined}
          onClick={() => void retryJob(client, desk, versionId, job.id)}
        >
          Retry
        </button>
      ) : null}
      {problem === null ? null : (
        <p className="error" role="alert">
          <Said problem={problem} />
        </p>
      )}
    </li>
  );
}
