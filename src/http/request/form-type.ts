import { MIMEType } from 'node:util';

const FORM = 'application/x-www-form-urlencoded';

/** True for a form in UTF-8; another charset would read differently from the signed text (A25). */
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
