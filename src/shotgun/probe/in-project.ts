import { AppError } from '../../base/errors.ts';
import { MAX_MATCHES } from '../calls/self.ts';
import { allOf } from '../port/requests.ts';
import { rowsOf } from './answers.ts';
import type { AskingAsPerson, AskingByWriting } from './question.ts';
import { Records } from './records.ts';

/**
 * What questions that write in this project are asked with. Nothing is written yet.
 *
 * @throws AppError NOT_FOUND if the person sees no such project, NO_SHOTGUN_USER if they do not see themselves
 */
export async function inProject(asking: AskingAsPerson, projectId: number): Promise<AskingByWriting> {
  const { person, login } = asking;
  const byId = { filter: allOf(['id', 'is', projectId]), fields: ['id'], size: 1 };
  const projects = rowsOf(await person.search('Project', byId));
  if (projects.length === 0)
    throw new AppError('NOT_FOUND', {
      message: `There is no project ${projectId} that ${login} may see. Give the id of one that they work in.`,
    });
  const byLogin = { filter: allOf(['login', 'is', login]), fields: ['login'], size: MAX_MATCHES };
  const people = rowsOf(await person.search('HumanUser', byLogin));
  const self = people.find(({ fields }) => fields['login'] === login);
  if (self === undefined) throw new AppError('NO_SHOTGUN_USER');
  return { ...asking, personId: self.id, projectId, records: new Records(person, projectId) };
}
