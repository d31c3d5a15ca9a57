/**
 * `dist/bin/page`: the executor's status page, script and styles in one file each. `dist/bin/micado-<binary>.js`: each binary as one file without node_modules, which starts in half the time and with
 * less memory than hundreds of files do. Beside it, `.map` for debuggers and `.meta.json` for esbuild's analyser.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const BINARIES = ['rulegen', 'exporter', 'executor'];

/** Packages of dockerode for connections that we do not make: over ssh, and of builds with BuildKit. */
const UNUSED_PACKAGES = /^(ssh2|cpu-features|protobufjs|@grpc\/(grpc-js|proto-loader))(\/|$)/;

const withoutUnusedPackages = {
  name: 'without-unused-packages',
  setup(bundler) {
    bundler.onResolve({ filter: UNUSED_PACKAGES }, ({ path }) => ({ path, namespace: 'unused' }));
    // For salts, and we only compare. Loaded at the start of each binary, it would take a megabyte.
    bundler.onResolve({ filter: /^crypto$/ }, ({ path, importer }) =>
      importer.includes('/bcryptjs/') ? { path, namespace: 'unused' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** The result is an ES module, and CommonJS packages in it call `require` for Node's own modules. */
const REQUIRE =
  "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);";

async function bundle(root, binary, folder) {
  const name = `micado-${binary}`;
  const outfile = join(folder, `${name}.js`);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`${binary}/main.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.18',
    format: 'esm',
    banner: { js: REQUIRE },
    plugins: [withoutUnusedPackages],
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'eof',
    metafile: true,
    logLevel: 'warning',
  });
  // In code esbuild escapes them; one such character in a comment doubles what the text takes in memory.
  const text = readFileSync(outfile, 'utf8').replace(/[\u0080-\uffff]/g, '?');
  writeFileSync(outfile, text);
  writeFileSync(join(folder, `${name}.meta.json`), JSON.stringify(metafile));
}

/** The executor looks for it beside its own bundle. */
async function bundlePage(root, folder) {
  await build({
    absWorkingDir: root,
    entryPoints: ['page.ts', 'page.css', 'index.html', 'icon.svg'].map((name) => `executor/web/page/${name}`),
    outdir: folder,
    entryNames: '[name]',
    loader: { '.html': 'copy', '.svg': 'copy' },
    bundle: true,
    minify: true,
    target: ['chrome111', 'firefox111', 'safari16.4'],
    format: 'esm',
    legalComments: 'inline',
    logLevel: 'warning',
  });
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = argv[2] ?? join(root, 'dist', 'bin');
rmSync(folder, { recursive: true, force: true });
await Promise.all([
  ...BINARIES.map((binary) => bundle(root, binary, folder)),
  bundlePage(root, join(folder, 'page')),
]);
