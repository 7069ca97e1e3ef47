/**
 * What the client uses of a browser, for the compiler alone: these tests run it in Node, where TypeScript's whole library of
 * browsers would hide what the server must not use. What it does in a browser is shown in `test/browser`.
 */
declare const location: {
  readonly pathname: string;
  readonly search: string;
  readonly href: string;
  readonly origin: string;
  assign(address: string): void;
};
declare const document: EventTarget;
declare const navigator: object;
declare function addEventListener(type: string, listener: () => void): void;
declare function removeEventListener(type: string, listener: () => void): void;

interface LockManager {
  request(name: string, options: object, work: () => Promise<void>): Promise<void>;
}

declare class EventSource {
  static readonly CLOSED: number;
  readonly readyState: number;
  constructor(address: string, options: object);
  addEventListener(type: string, listener: (event: { readonly data: string }) => void): void;
  close(): void;
}

declare class XMLHttpRequest extends EventTarget {
  withCredentials: boolean;
  readonly status: number;
  readonly upload: {
    addEventListener(type: string, listener: (event: { readonly loaded: number }) => void): void;
  };
  open(method: string, address: string): void;
  send(body: Blob): void;
  abort(): void;
  getResponseHeader(name: string): string | null;
}
