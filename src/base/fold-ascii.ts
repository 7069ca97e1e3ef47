/**
 * The text with A to Z as a to z, and nothing else changed. Unicode's own folding makes one text of different ones: U+212A
 * (KELVIN SIGN) becomes k, so whoever owns such an address would be taken for the owner of the plain one.
 */
export const foldAscii = (text: string): string =>
  text.replaceAll(/[A-Z]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));
