import { AppError } from '../../base/errors.ts';

/** Adds the name of the signed-in account to the refusal, where the provider sends one. */
export function withAccount(error: AppError, claims: Readonly<Record<string, unknown>>): AppError {
  const { code, message, details } = error;
  const name = accountName(claims);
  if (name === undefined) return error;
  return new AppError(code, {
    message: `${message} You signed in as ${name}.`,
    details: { ...details, signedInAs: name },
    cause: error,
  });
}

/** `Ada Brandt (ada@lantern.example)`, from the claims that are there. */
function accountName(claims: Readonly<Record<string, unknown>>): string | undefined {
  const [name, ...accounts] = ['name', 'email', 'preferred_username', 'sub'].map((claim) => {
    const value = claims[claim];
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  });
  const account = accounts.find((value) => value !== undefined);
  if (name === undefined || account === undefined || name === account) return name ?? account;
  return `${name} (${account})`;
}
