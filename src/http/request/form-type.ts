import { MIMEType } from 'node:util';

const FORM = 'application/x-www-form-urlencoded';

/** True for a form in UTF-8; one in another charset would read differently from what was signed (A25). */
export function isUtf8Form(contentType: string | undefined): boolean {
  try {
    const type = new MIMEType(contentType ?? '');
    return (
      type.essence === FORM &&
      [...type.params].every(([name, value]) => name === 'charset' && value.toLowerCase() === 'utf-8')
    );
  } catch {
    return false;
  }
}
