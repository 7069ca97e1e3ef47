import { elementOf } from './elements.ts';

/** What the frame's page shows: a heading, a sentence, at most one button, the number of the window, the way to a new tab. */
export class FramePage {
  readonly signIn = elementOf('sign-in', HTMLButtonElement);
  readonly newTab = elementOf('new-tab', HTMLAnchorElement);
  readonly #heading = elementOf('heading', HTMLElement);
  readonly #text = elementOf('text', HTMLElement);
  readonly #number = elementOf('number', HTMLElement);

  /** Without a label there is no button. */
  show(title: string, sentence: string, label?: string): void {
    this.#heading.textContent = title;
    this.#text.textContent = sentence;
    this.signIn.hidden = label === undefined;
    if (label !== undefined) this.signIn.textContent = label;
  }

  /** What the button says now; undefined where there is none. */
  label(): string | undefined {
    return this.signIn.hidden ? undefined : this.signIn.textContent;
  }

  showNumber(number: string): void {
    this.#number.textContent = number;
    this.#number.hidden = false;
  }

  hideNumber(): void {
    this.#number.hidden = true;
  }
}
