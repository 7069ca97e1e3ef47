/** The person pressed Ctrl+C at a question. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** A question whose answer is a line of text. */
export interface TextQuestion {
  readonly message: string;
  /** Taken where the person only presses Enter. */
  readonly byDefault?: string | undefined;
  /** @returns what is wrong with an answer; the person answers again */
  readonly check: (answer: string) => string | undefined;
}

/** Asks the person at the terminal. Every question may throw `Cancelled`. */
export interface Asker {
  text(question: TextQuestion): Promise<string>;
  /** Nothing of the answer is shown, not even its length. */
  secret(question: Omit<TextQuestion, 'byDefault'>): Promise<string>;
  choice<T extends string>(message: string, choices: Readonly<Record<T, string>>): Promise<T>;
  confirm(message: string, byDefault: boolean): Promise<boolean>;
}

/** Asks by clack, which is loaded with the first question: other commands start without it. */
export const createAsker = (): Asker => ({
  async text({ message, byDefault, check }) {
    const { text } = await import('@clack/prompts');
    const answered = (answer: string | undefined): string => (answer ?? '').trim() || (byDefault ?? '');
    return answered(
      await settled(
        text({
          message,
          ...(byDefault !== undefined && { placeholder: byDefault, defaultValue: byDefault }),
          validate: (answer) => check(answered(answer)),
        }),
      ),
    );
  },
  async secret({ message, check }) {
    const { password } = await import('@clack/prompts');
    return settled(
      password({ message, mask: '', clearOnError: true, validate: (answer) => check(answer ?? '') }),
    );
  },
  async choice<T extends string>(message: string, choices: Readonly<Record<T, string>>): Promise<T> {
    const { select } = await import('@clack/prompts');
    const options = keysOf(choices).map((value): { value: string; label: string } => ({
      value,
      label: choices[value],
    }));
    const chosen = await settled(select({ message, options }));
    const known = keysOf(choices).find((value) => value === chosen);
    if (known === undefined) throw new Cancelled();
    return known;
  },
  async confirm(message, byDefault) {
    const { confirm } = await import('@clack/prompts');
    return settled(confirm({ message, initialValue: byDefault }));
  },
});

function keysOf<T extends string>(choices: Readonly<Record<T, string>>): readonly T[] {
  const keys: T[] = [];
  for (const key in choices) keys.push(key);
  return keys;
}

async function settled<T>(asked: Promise<T>): Promise<Exclude<T, symbol>> {
  const answer = await asked;
  if (!isAnswer(answer)) throw new Cancelled();
  return answer;
}

/** A question that was cancelled gives a symbol. */
const isAnswer = <T>(answer: T): answer is Exclude<T, symbol> => typeof answer !== 'symbol';
