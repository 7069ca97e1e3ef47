import type { Request } from 'express';
import { amiSignature } from './ami-signature.ts';
import { renderPage } from './layout.ts';
import type { WebDeps } from './web-deps.ts';

/** Shows a menu item's post and the item whose secret signs it: for developers of such a tool. */
export function postedPage({ storage }: WebDeps, request: Request): string {
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const fields = Object.entries(body).map(([name, value]) => [name, String(value)] as const);
  const signature = body['signature'];
  const signers = [...storage.all('ActionMenuItem')].filter(({ values }) => {
    const secret = values['secret_token'];
    return (
      typeof secret === 'string' &&
      [true, false].some((signsBlankFields) => signature === amiSignature(fields, secret, signsBlankFields))
    );
  });
  return renderPage('posted', {
    title: 'What was posted',
    fields,
    isSigned: signature !== undefined,
    signers: signers.map(({ values }) => String(values['title'])),
  });
}
