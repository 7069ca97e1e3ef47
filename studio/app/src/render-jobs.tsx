import { useMutation, useQuery } from '@apollo/client/react';
import { RENDER_JOBS, RETRY_RENDER_JOB } from './documents.ts';
import type { RenderJobFieldsFragment } from './gql/graphql.ts';
import { problemOf } from './problem.ts';

const STATE_NAMES: Readonly<Record<RenderJobFieldsFragment['state'], string>> = {
  QUEUED: 'waiting',
  RUNNING: 'rendering',
  DONE: 'done',
  FAILED: 'failed',
};

/** The Version's jobs on the render farm, as far as the person may see them. Where the farm is away, so it says. */
export function RenderJobs({ versionId }: { readonly versionId: number }) {
  // Beside the Version itself, which is shown whether the farm answers or not.
  const { data, error, loading } = useQuery(RENDER_JOBS, {
    variables: { id: versionId },
    errorPolicy: 'all',
    fetchPolicy: 'cache-and-network',
  });
  const jobs = data?.version?.renderJobs;
  if (jobs == null) {
    return loading ? null : (
      <section className="jobs" data-testid="jobs">
        <h3>Render farm</h3>
        <p className="quiet" role="status">
          {error === undefined ? 'The render farm shows you nothing here.' : problemOf(error, 'read').text}
        </p>
      </section>
    );
  }
  if (jobs.length === 0) return null;
  return (
    <section className="jobs" data-testid="jobs">
      <h3>Render farm</h3>
      <ul>
        {jobs.map((job) => (
          <RenderJobRow key={job.id} job={job} />
        ))}
      </ul>
    </section>
  );
}

function RenderJobRow({ job }: { readonly job: RenderJobFieldsFragment }) {
  const [retry, { error, loading }] = useMutation(RETRY_RENDER_JOB, { variables: { id: job.id } });
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
          disabled={loading}
          onClick={() => void retry().catch(() => undefined)}
        >
          Retry
        </button>
      ) : null}
      {error === undefined ? null : (
        <p className="error" role="alert">
          {problemOf(error, 'job').text}
        </p>
      )}
    </li>
  );
}
