/** The query of the page in which a sign-in beside an explorer ends. */
export const BESIDE = '?beside';

/** Where a sign-in ends that leads away from the explorer and back. */
export const EXPLORER = '/graphql';
