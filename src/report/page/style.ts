/** The style sheet of a run's page, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c1d22; --paper: #fcfcfa; --faint: #5d5f68; --ours: #c2410c; --theirs: #56678a; --line: #dcdcd6; --box: #f3f3ee; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf0; --paper: #17181c; --faint: #a9acb7; --ours: #fb923c; --theirs: #93a4c8; --line: #34363e; --box: #1f2026; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 820px; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; } h2 { margin: 2.75rem 0 .5rem; font-size: 1.25rem; } h3 { margin: 1.5rem 0 0; font-size: 1rem; }
p { margin: .25rem 0 .75rem; color: var(--faint); max-width: 44rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .75rem 1rem; border-radius: 6px; background: var(--box); font-size: .875rem; }
figure { margin: .5rem 0 1rem; overflow-x: auto; }
svg { --plot-background: var(--paper); display: block; max-width: 100%; height: auto; color: var(--ink); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: .75rem; margin: 1.25rem 0; padding: 0; }
.facts div { padding: .6rem .9rem; border-radius: 6px; background: var(--box); }
.facts dt { color: var(--faint); font-size: .8125rem; } .facts dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .35em; border-radius: 2px; }
.training { background: var(--theirs); } .validation { background: var(--ours); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .875rem; }
th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
.facts-table td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.digits { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .75rem; padding: 0; list-style: none; }
.digits li { padding: .6rem; border-radius: 6px; background: var(--box); font-size: .8125rem; }
.digits img { display: block; width: 84px; height: auto; margin: 0 auto .4rem; border-radius: 4px; image-rendering: pixelated; }
.digits .bar { display: grid; grid-template-columns: 1.2em 1fr 3.6em; align-items: center; gap: .3rem; font-variant-numeric: tabular-nums; }
.digits .bar i { display: block; height: .45rem; border-radius: 2px; background: var(--theirs); } .digits .bar.true i { background: var(--ours); }
.digits .bar span:last-child { text-align: right; }
.filters { display: flex; flex-wrap: wrap; gap: 6px; } .filters img { width: 44px; height: auto; border-radius: 3px; image-rendering: pixelated; }
summary { cursor: pointer; color: var(--faint); }
`;
