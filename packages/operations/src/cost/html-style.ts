/** Of the page; light and dark as the reader's machine is. */
export const style = `
:root { color-scheme: light dark; --line: #8884; --quiet: #888; --good: light-dark(#007a52, #4ac79a); --bad: light-dark(#c2410c, #fb923c); }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0; }
main { max-width: 1100px; margin: 0 auto; padding: 24px; }
h1 { font-weight: 500; margin: 0 0 4px; } h2 { margin: 36px 0 8px; font-size: 19px; }
table { border-collapse: collapse; width: 100%; margin: 8px 0; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: normal; }
thead th, tfoot * { font-weight: 600; } .n { text-align: right; font-variant-numeric: tabular-nums; }
.words td { font-size: 14px; } .best { color: var(--good); font-weight: 600; }
.lines td, .lines th { font-size: 13px; } small, .quiet { color: var(--quiet); } small { overflow-wrap: anywhere; }
summary { cursor: pointer; padding: 6px 0; } svg { width: 100%; height: auto; display: block; }
svg text { font: 13px system-ui, sans-serif; fill: currentColor; } svg text.name { font-weight: 600; }
svg .grid { stroke: var(--line); } .legend span { margin-right: 14px; white-space: nowrap; }
.legend i { display: inline-block; width: 12px; height: 12px; margin-right: 5px; }
.verdict { padding: 8px 12px; border-left: 4px solid var(--good); } .verdict.over { border-color: var(--bad); color: var(--bad); font-weight: 600; }
.verdict.unsure { border-color: #e69f00; }
`;
