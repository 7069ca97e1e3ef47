/**
 * Lower-cases A to Z and changes nothing else. Unicode case folding maps different texts to one: U+212A (KELVIN
 * SIGN) becomes k, so the owner of such an address would be taken for the owner of the plain one.
 */
export const foldAscii = (text: string): string =>
  text.replaceAll(/[A-Z]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));
