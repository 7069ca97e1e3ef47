export {
  type Answer,
  type Client,
  type ClientOptions,
  createClient,
  type Request,
  type TypedText,
} from './client.ts';
export type { Addresses, Place } from './place.ts';
export { Problem, problemOf, type ProblemCode } from './problem.ts';
export type { Session, SessionKind, SessionState, SignedIn } from './session.ts';
export type { SessionTimes } from './session-stream.ts';
export { PartError } from './send-part.ts';
export { createUpload, type KeptUpload, type RunOptions, type Upload } from './upload.ts';
export {
  begunOf,
  type BegunUpload,
  UPLOAD_OPERATIONS,
  type UploadPart,
  uploadSteps,
  type UploadSteps,
  type UploadTarget,
} from './upload-steps.ts';
