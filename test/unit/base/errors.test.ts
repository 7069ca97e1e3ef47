import { describe, expect, it } from 'vitest';
import { AppError, withDetails } from '../../../src/base/errors.ts';
import { AnswerError, ofSystem } from '../../../src/systems/system-errors.ts';

const error = new AppError('UPSTREAM_TIMEOUT', {
  message: 'Too slow.',
  details: { type: 'Shot' },
  cause: new Error('socket'),
  operation: 'search',
});
const { code, cause, operation } = error;

describe('an error that is told more about', () => {
  it.each([
    ['with more details', withDetails(error, { id: 7 }), { type: 'Shot', id: 7 }],
    ['as that of a system', ofSystem(error, 'farm'), { type: 'Shot', system: 'farm' }],
    ['as part of an answer', new AnswerError(error, 'done'), { type: 'Shot' }],
  ])('keeps its code, sentence, cause and operation %s', (_, told, details) => {
    expect(told).toMatchObject({ code, message: 'Too slow.', cause, operation, details });
  });

  it('uses another message if one is given', () => {
    expect(withDetails(error, {}, 'Done, and then too slow.')).toMatchObject({
      ...{ code, cause, operation, message: 'Done, and then too slow.' },
      details: { type: 'Shot' },
    });
  });
});
