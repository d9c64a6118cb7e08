/** How `/docs` looks: a style sheet of its own, since no page may have one inline. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8885; --accent: #2b6cb0; font: 16px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --accent: #7fb4ec; } }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
a { color: var(--accent); }
section { border-top: 1px solid var(--line); padding: 0.5rem 0; }
h3 { overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
.method { font: 600 0.8rem ui-monospace, monospace; border: 1px solid var(--line); border-radius: 4px; padding: 0.1rem 0.4rem; }
table { border-collapse: collapse; margin: 0.5rem 0; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: 0.15rem 1rem 0.15rem 0; font-weight: normal; }
`;
