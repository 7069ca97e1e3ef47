/** Options that every command takes. */
export const GLOBAL_OPTIONS = ['--env', '--help', '--version'] as const;
