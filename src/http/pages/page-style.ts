/** Style of our own pages: one column, readable from 320 px on, light and dark. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #ffffff; --ink: #1b1f24; --quiet: #57606a;
  --line: #d0d7de; --accent: #0b5cad; --on-accent: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --card: #1d2126; --ink: #e8eaed;
  --quiet: #a3adb8; --line: #363c44; --accent: #7db8f5; --on-accent: #0d1117; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 34rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 0.75rem; }
.brand { margin: 0 0 1.25rem; color: var(--quiet); font-size: 0.875rem; font-weight: 600; }
h1 { margin: 0 0 0.75rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
ul { margin: 0 0 1rem; padding-left: 1.25rem; }
a { color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.5rem; }
.actions form { margin: 0; }
.button { display: inline-block; min-height: 2.75rem; padding: 0.6rem 1.1rem; border: 1px solid var(--accent);
  border-radius: 0.5rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600;
  text-decoration: none; cursor: pointer; }
.button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.button.quiet { background: none; color: var(--accent); border-color: var(--line); font-weight: 400; }
input { font: inherit; width: 100%; max-width: 22rem; margin-top: 0.25rem; padding: 0.5rem 0.65rem; color: inherit;
  background: var(--ground); border: 1px solid var(--line); border-radius: 0.5rem; }
input:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
summary { cursor: pointer; }
.number { font-size: 2.25rem; font-weight: 600; letter-spacing: 0.12em; font-variant-numeric: tabular-nums; }
[hidden] { display: none !important; }
.note { margin: 1.75rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet);
  font-size: 0.8125rem; }
@media (max-width: 26rem) { main { padding: 1.25rem; } .actions > *, .button { width: 100%; text-align: center; } }
`;
