/** Playground: a page to write a query, run it, and read what types there are. Needs no other host. */
const example = `{
  _meta { block { number } }
  deals(first: 5, orderBy: timestamp, orderDirection: desc) {
    id
    app { name }
    workerpoolPrice
    tasks { status }
  }
}`

export const playground = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Graph of the market</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui }
  body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
  main { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem }
  textarea, pre { font: 13px/1.5 ui-monospace, monospace; width: 100%; height: 24rem; margin: 0;
    padding: .5rem; box-sizing: border-box; overflow: auto; border: 1px solid gray }
</style>
<h1>Graph of the market</h1>
<p>Everything the chain did with deals, tasks and money, with the names of the PoCo subgraph.
  <button id="run">Run</button> (Ctrl-Enter) · <button id="types">What can be asked</button></p>
<main>
  <textarea id="query" aria-label="Query" spellcheck="false">${example}</textarea>
  <pre id="answer" aria-live="polite" tabindex="0"></pre>
</main>
<script>
  const query = document.getElementById('query'), answer = document.getElementById('answer')
  const ask = async (text) => {
    const body = JSON.stringify({ query: text })
    const headers = { 'content-type': 'application/json' }
    return (await fetch(location.pathname, { method: 'POST', headers, body })).json()
  }
  const run = async () => { answer.textContent = JSON.stringify(await ask(query.value), null, 2) }
  const types = async () => {
    const { data } = await ask('{ __schema { types { kind name fields { name } } } }')
    const shown = data.__schema.types.filter(({ kind, name }) =>
      (kind === 'OBJECT' || kind === 'INTERFACE') && !name.startsWith('_'))
    answer.textContent = shown.map(({ name, fields }) =>
      name + ': ' + fields.map((field) => field.name).join(', ')).join('\\n\\n')
  }
  document.getElementById('run').onclick = run
  document.getElementById('types').onclick = types
  query.onkeydown = (event) => { if (event.ctrlKey && event.key === 'Enter') run() }
</script>
</html>
`
