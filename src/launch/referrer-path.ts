/** Any origin does: only whether the path stays on it is asked. */
const BASE = 'https://shotgrid.invalid';
const MAX_LENGTH = 2000;

/**
 * The path of the ShotGrid page that a launch came from, or null where it is none that is safe as a link: it must
 * stay on the site however a browser reads it (`//evil`, `/\evil`, `javascript:`, A36).
 */
export function safeReferrerPath(text: string | undefined): string | null {
  if (text === undefined || !text.startsWith('/') || text.length > MAX_LENGTH || text.includes('\\'))
    return null;
  if (!URL.canParse(text, BASE)) return null;
  const url = new URL(text, BASE);
  const path = `${url.pathname}${url.search}${url.hash}`;
  return url.origin === BASE && !path.startsWith('//') ? path : null;
}
