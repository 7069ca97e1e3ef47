import type { RequestHandler } from 'express';

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0b5cad"/><path d="M4 11 7 5l2 4 1-2 2 4" fill="none" stroke="#fff" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>
`;

/** GET /favicon.ico: browsers request it with every page. It is the same for everybody. */
export const favicon: RequestHandler = (_request, response) => {
  response.removeHeader('Vary');
  response.type('image/svg+xml').send(ICON);
};
