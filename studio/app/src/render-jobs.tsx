import { useMutation, useQuery } from '@apollo/client/react';
import { RENDER_JOBS, RETRY_RENDER_JOB } from './documents.ts';
import type { RenderJobFieldsFragment } from './gql/graphql.ts';
import { type Problem, problemOf } from './problem.ts';
import { IS_OVERLAY, stepUpUrl } from './session.ts';

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
          {error === undefined ? (
            'The render farm shows you nothing here.'
          ) : (
            <Said problem={problemOf(error, 'read')} />
          )}
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

/** The farm may ask for a stronger sign-in than the person has made. */
function Said({ problem: { text, loginUrl } }: { readonly problem: Problem }) {
  if (loginUrl === null) return text;
  return (
    <>
      {text}{' '}
      <a href={stepUpUrl(loginUrl)} target={IS_OVERLAY ? '_blank' : undefined} rel="noreferrer">
        Sign in
      </a>
    </>
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
          <Said problem={problemOf(error, 'job')} />
        </p>
      )}
    </li>
  );
}
