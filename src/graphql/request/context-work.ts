import type { Work } from '../../query/work.ts';

/**
 * The work in a context. It makes neither reader nor writer until one is used, and Apollo copies contexts: own
 * properties only, so that a private field would be lost and a getter be read.
 */
export class ContextWork implements Work {
  readonly work: Work;
  readonly changes: Work['changes'];

  constructor(work: Work) {
    this.work = work;
    this.changes = work.changes;
  }

  get reader(): Work['reader'] {
    return this.work.reader;
  }

  get writer(): Work['writer'] {
    return this.work.writer;
  }

  get site(): Work['site'] {
    return this.work.site;
  }

  get files(): Work['files'] {
    return this.work.files;
  }

  get ofSystem(): Work['ofSystem'] {
    return this.work.ofSystem;
  }

  forget(): void {
    this.work.forget();
  }

  calls(): ReturnType<Work['calls']> {
    return this.work.calls();
  }

  spent(): ReturnType<Work['spent']> {
    return this.work.spent();
  }
}
