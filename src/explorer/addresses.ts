/** The query of the page that ends a sign-in in a separate tab. */
export const BESIDE = '?beside';

/** Where a sign-in ends that leads away from the explorer and back. */
export const EXPLORER = '/graphql';
