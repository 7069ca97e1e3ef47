/** A part that did not arrive. */
export class PartError extends Error {
  override readonly name = 'PartError';
  /** Status of the storage's answer; 0 where there was none. */
  readonly status: number;

  constructor(status: number) {
    super(status === 0 ? 'The storage cannot be reached.' : `The storage refused the file (${status}).`);
    this.status = status;
  }
}

export interface SendOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (sentBytes: number) => void;
}

const OK = 200;

/**
 * PUTs bytes to a presigned address and gives the ETag. By XMLHttpRequest, since fetch tells no progress of what it
 * sends; the browser reads the bytes from disk as they go.
 */
export function sendPart(address: string, bytes: Blob, { signal, onProgress }: SendOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const cancelled = (): void => reject(new DOMException('Cancelled.', 'AbortError'));
    signal.addEventListener('abort', abort, { once: true });
    request.open('PUT', address);
    // Cookies of the storage are none of ours.
    request.withCredentials = false;
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('load', () => {
      const etag = request.getResponseHeader('ETag');
      if (request.status === OK && etag) resolve(etag);
      else reject(new PartError(request.status));
    });
    request.addEventListener('error', () => reject(new PartError(0)));
    request.addEventListener('abort', cancelled);
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    if (signal.aborted) cancelled();
    else request.send(bytes);
  });
}
