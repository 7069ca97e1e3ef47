/** `in 20 seconds`, `in 5 minutes`. */
export function sayWhen(seconds: number): string {
  if (seconds < 100) return seconds === 1 ? 'in a second' : `in ${seconds} seconds`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}
