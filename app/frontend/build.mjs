// Builds every page bundle into ../static/dist and writes manifest.json, from which app/web/assets.py reads the names.
// A new entry is one line in ENTRIES. Nothing is built when neither sources nor lock file changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = process.env.OUT || join(HERE, '../static/dist');
const MANIFEST = join(OUT, 'manifest.json');
const STAMP = join(OUT, '.stamp');

const ENTRIES = {
  site: 'src/site/index.js',
  viewer: 'src/viewer/index.js',
  modeller: 'src/modeller/index.js',
};

const LOADERS = { '.woff2': 'file', '.woff': 'file', '.ttf': 'empty', '.eot': 'empty', '.svg': 'file' };

function sourceFiles() {
  const inSource = readdirSync(join(HERE, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return [...inSource, ...['build.mjs', 'package-lock.json'].map((name) => join(HERE, name))].sort();
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of sourceFiles()) hash.update(relative(HERE, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function scss(sass) {
  return {
    name: 'scss',
    setup(build) {
      build.onLoad({ filter: /\.scss$/ }, ({ path }) => ({
        contents: sass.compile(path, {
          loadPaths: [join(HERE, 'node_modules')],
          quietDeps: true,
        }).css,
        loader: 'css',
        resolveDir: dirname(path),
      }));
    },
  };
}

function manifestOf(outputs) {
  const manifest = {};
  for (const [name, source] of Object.entries(ENTRIES)) {
    const [file, output] = Object.entries(outputs).find(([, candidate]) => candidate.entryPoint === source);
    manifest[name] = {
      js: basename(file),
      css: output.cssBundle ? basename(output.cssBundle) : null,
      preload: output.imports.filter((item) => item.kind === 'import-statement').map((item) => basename(item.path)),
    };
  }
  return manifest;
}

async function build() {
  const [esbuild, sass] = await Promise.all([import('esbuild'), import('sass')]);
  const { metafile, outputFiles } = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: ENTRIES,
    outdir: OUT,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    target: ['es2022'],
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    assetNames: 'asset-[name]-[hash]',
    loader: LOADERS,
    legalComments: 'linked',
    logLevel: 'warning',
    metafile: true,
    write: false, // what runs now stays until all of the new is there
    plugins: [scss(sass)],
  });
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  return manifestOf(metafile.outputs);
}

const started = Date.now();
const wanted = fingerprint();
if (existsSync(MANIFEST) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) {
  console.log('front end: nothing changed');
} else {
  const manifest = await build();
  writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(STAMP, wanted);
  console.log(`front end: built ${Object.keys(manifest).join(', ')} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
