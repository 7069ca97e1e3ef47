/**
 * Keeps the focus where the hand is. A browser drops it to the body when the element that has it goes away or is disabled,
 * and then no key means anything. It goes to what is left around that element instead, or to the page's main part.
 */
export function keepFocus(root: HTMLElement): () => void {
  /** From the focused element outwards. */
  let around: HTMLElement[] = [];
  const note = ({ target }: FocusEvent): void => {
    around = [];
    for (let each = target; each instanceof HTMLElement && each !== root; each = each.parentElement)
      around.push(each);
  };
  const mend = (): void => {
    const [last] = around;
    // A click beside everything takes the focus away on purpose, and leaves the element where it was.
    if (document.activeElement !== document.body || last === undefined || canHaveFocus(last)) return;
    const place = around.find((each) => each.hasAttribute('tabindex') && canHaveFocus(each));
    const main = root.querySelector<HTMLElement>('main');
    if (place === undefined) main?.setAttribute('tabindex', '-1');
    (place ?? main)?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(mend);
  observer.observe(root, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled'],
  });
  root.addEventListener('focusin', note);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', note);
  };
}

const canHaveFocus = (element: HTMLElement): boolean => element.isConnected && !element.matches(':disabled');
