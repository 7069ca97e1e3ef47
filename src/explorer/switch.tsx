export type ExplorerName = 'graphiql' | 'sandbox';

const KEY = 'shotgraph:explorer';
const LABELS: readonly (readonly [ExplorerName, string])[] = [
  ['graphiql', 'GraphiQL'],
  ['sandbox', 'Apollo Sandbox'],
];

/** The explorer that this browser showed last. */
export function chosenExplorer(): ExplorerName {
  try {
    return localStorage.getItem(KEY) === 'sandbox' ? 'sandbox' : 'graphiql';
  } catch {
    // The browser blocks storage for this page.
    return 'graphiql';
  }
}

export function rememberExplorer(name: ExplorerName): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // The choice holds for this visit only.
  }
}

interface SwitchProps {
  readonly chosen: ExplorerName;
  readonly onChoose: (name: ExplorerName) => void;
}

export function Switch({ chosen, onChoose }: SwitchProps) {
  return (
    <div className="switch" role="group" aria-label="Explorer">
      {LABELS.map(([name, label]) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => onChoose(name)}>
          {label}
        </button>
      ))}
    </div>
  );
}
