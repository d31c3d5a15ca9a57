/** An operator's own programs for VMs, in one: `node cloud-command.mjs <state file> up|down|list <infra> <node> [word]`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const [stateFile = '', action = '', infra = '', node = '', word = ''] = process.argv.slice(2);
const state = JSON.parse(readFileSync(stateFile, 'utf8'));

function fail(exitCode, message) {
  console.error(`working on it\n${message}`);
  process.exit(exitCode);
}

if (existsSync(`${stateFile}.away`)) fail(1, 'the cloud does not answer');
const pool = state[`${infra}/${node}`];
if (pool === undefined) fail(3, `there is no pool ${infra}/${node}`);

if (action === 'list') console.log(JSON.stringify(pool));
if (action === 'up') pool.target = Number(word);
if (action === 'down') {
  pool.target -= 1;
  pool.vms = pool.vms.map((vm) => (vm.id === word ? { ...vm, state: 'stopping' } : vm));
}
writeFileSync(stateFile, JSON.stringify(state));

if (action !== 'list' && existsSync(`${stateFile}.lose`)) {
  rmSync(`${stateFile}.lose`);
  fail(1, 'the connection broke');
}
