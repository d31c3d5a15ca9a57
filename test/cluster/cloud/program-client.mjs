/** One of an operator's programs for VMs: `node program-client.mjs <url> up|down|list <infra> <node> [word]`. */
const [url = '', ...words] = process.argv.slice(2);
const response = await fetch(`${url}/${words.map(encodeURIComponent).join('/')}`);
if (response.status === 404) {
  console.error('there is no such pool');
  process.exitCode = 3;
} else if (words[0] === 'list') console.log(await response.text());
