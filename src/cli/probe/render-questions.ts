import { OF_A_CLICK, QUESTIONS, SUDO_RIGHT, UNASKED } from '../../shotgun/probe/questions.ts';
import { table } from '../../config/render-settings.ts';
import { type FactName, FACTS } from '../../site/facts/fact-table.ts';

const ASKED_BY = {
  plain: '`probe`',
  person: '`probe --person`',
  write: '`probe --write-in-project`',
  load: '`probe --load`',
  click: '`probe --click`',
} as const;

interface Row {
  readonly fact: FactName;
  readonly askedBy: string;
  readonly calls: string;
}

/** Each fact with the option that asks for it. */
export const PROBED: readonly Row[] = [
  ...Object.values(QUESTIONS)
    .flat()
    .map(({ fact, level, calls }): Row => ({ fact, askedBy: ASKED_BY[level], calls })),
  { fact: SUDO_RIGHT, askedBy: ASKED_BY.person, calls: 'a token of the person' },
  ...OF_A_CLICK.map((fact): Row => ({ fact, askedBy: ASKED_BY.click, calls: 'one post of a menu item' })),
];

/** The questions of the probe as Markdown tables, and what it does not ask. */
export const renderQuestions = (): string =>
  [
    table(
      ['fact', 'what is asked', 'by', 'assumed', 'if it differs'],
      PROBED.map(({ fact, askedBy, calls }) => {
        const { section, meaning, assumed, follows } = FACTS[fact];
        return [
          `\`${fact}\` (API ${section})`,
          `${meaning}. By: ${calls}`,
          askedBy,
          `\`${assumed}\``,
          follows,
        ];
      }),
    ),
    'Never asked:',
    table(
      ['what', 'why'],
      Object.entries(UNASKED).map(([name, why]) => [`\`${name}\``, why]),
    ),
  ].join('\n\n');
