import type { RequestHandler } from 'express';

const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'accept',
  'accept-language',
  'content-language',
  'range',
  'origin',
];

/** Every path of the API answers a preflight of any origin; one unknown header drops all CORS headers (API 2.10). */
export const cors: RequestHandler = (request, response, next) => {
  const { origin } = request.headers;
  const asked = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (origin !== undefined && asked.every((name) => ALLOWED_HEADERS.includes(name))) {
    response.set({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      vary: 'Origin, Access-Control-Request-Method',
    });
    if (request.method === 'OPTIONS') {
      response.set({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': ALLOWED_HEADERS.join(', '),
        'access-control-max-age': '3600',
      });
    }
  }
  if (request.method === 'OPTIONS') response.status(200).end();
  else next();
};
