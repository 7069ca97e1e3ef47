import type { ErrorRequestHandler, Request, Response } from 'express';
import { AppError, toAppError, type ErrorCode } from '../base/errors.ts';
import { HTTP_STATUS, isClientError, isServerError } from '../base/units.ts';
import type { HttpDeps } from './http-deps.ts';
import { errorTitle } from './pages/error-titles.ts';
import { renderPage } from './pages/page.ts';
import { wantsPage } from './guard/request-checks.ts';
import { stateOf } from './request/request-state.ts';
import { allowOverlayPage, allowPage } from './guard/security-headers.ts';

const RETRY_AFTER_SECONDS = 5;
/** Statuses whose cause may pass: unavailable, and timed out. */
const STATUSES_TO_RETRY: ReadonlySet<number> = new Set([
  HTTP_STATUS.SERVICE_UNAVAILABLE,
  HTTP_STATUS.GATEWAY_TIMEOUT,
]);

/** Errors of Express's body parsers, by their `type`. */
const PARSER_ERRORS: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'TOO_LARGE',
  'parameters.too.many': 'TOO_LARGE',
  'encoding.unsupported': 'UNSUPPORTED_MEDIA_TYPE',
  'charset.unsupported': 'UNSUPPORTED_MEDIA_TYPE',
};

/** The one place that turns an error into an answer: a page for people, JSON for programs. */
export function answerErrors(deps: HttpDeps): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = toHttpError(thrown);
    const { requestId, route } = stateOf(response);
    deps.logger[error.rule.logLevel]('http.refused', { requestId, route, code: error.code, error: thrown });
    deps.onOutage(error, requestId);
    if (response.headersSent) {
      next(thrown);
      return;
    }
    setErrorHeaders(response, error);
    response.status(error.rule.httpStatus);
    sendError(error, request, response, deps);
  };
}

function sendError(error: AppError, request: Request, response: Response, deps: HttpDeps): void {
  const { requestId, errorForm, actions, isInFrame, notes = [], keepsLaunch } = stateOf(response);
  const { code, message, details } = error;
  const extra = details === undefined ? {} : { details };
  if (errorForm === 'graphql') {
    response.json({ errors: [{ message, extensions: { code, requestId, ...extra } }] });
  } else if (wantsPage(request)) {
    if (isInFrame === true) allowOverlayPage(response, deps);
    else allowPage(response, deps);
    const isOutage = isServerError(error.rule.httpStatus);
    const kept = isOutage && keepsLaunch === true ? ['Your launch is kept.'] : [];
    const paragraphs = [message, ...kept, ...notes];
    const page = { title: errorTitle(code), paragraphs, actions, requestId, code };
    response.type('html').send(renderPage(page));
  } else {
    response.json({ error: { code, message, requestId, ...extra } });
  }
}

/** Errors of Express and its parsers carry a status and a type; their texts may quote the request. */
function toHttpError(thrown: unknown): AppError {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return toAppError(thrown);
  const { type, status } = thrown as { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? PARSER_ERRORS[type] : undefined;
  if (known !== undefined) return new AppError(known, { cause: thrown });
  const isOfClient = typeof status === 'number' && isClientError(status);
  return isOfClient ? new AppError('BAD_REQUEST', { cause: thrown }) : toAppError(thrown);
}

function setErrorHeaders(response: Response, error: AppError): void {
  const seconds = error.details?.['retryAfterSeconds'];
  if (typeof seconds === 'number') response.setHeader('Retry-After', String(seconds));
  else if (STATUSES_TO_RETRY.has(error.rule.httpStatus)) {
    response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
  }
}
