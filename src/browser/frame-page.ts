import { elementOf } from './elements.ts';

/**
 * The content of the frame's page: a heading, a sentence, at most one button, the window's number, the link to a
 * new tab.
 */
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

  /** The button's current label; undefined if there is none. */
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
