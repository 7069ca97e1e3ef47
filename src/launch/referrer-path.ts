/** Any origin will do: the check is only whether the path stays on it. */
const BASE = 'https://shotgrid.invalid';
const MAX_LENGTH = 2000;

/**
 * The path of the ShotGrid page that a launch came from; null where it is unsafe as a link. It must stay on the
 * site in every browser's reading (`//evil`, `/\evil`, `javascript:`, A36).
 */
export function safeReferrerPath(text: string | undefined): string | null {
  if (text === undefined || !text.startsWith('/') || text.length > MAX_LENGTH || text.includes('\\'))
    return null;
  if (!URL.canParse(text, BASE)) return null;
  const url = new URL(text, BASE);
  const path = `${url.pathname}${url.search}${url.hash}`;
  return url.origin === BASE && !path.startsWith('//') ? path : null;
}
