// Run after `npm install`: node .ci/complete-lockfile.mjs
//
// npm records an optional dependency only if the registry served it during the install. On a network that serves one
// platform, the entries of the other platforms are missing or have no integrity hash, and `npm ci` fails or installs
// unverified bytes there. This script adds the missing entries and asks the registry for every missing hash.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "linuxmusl",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
  "windows",
];
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64", "wasm32"];
const abis = { musl: "musl", gnu: "glibc", gnueabihf: "glibc", musleabihf: "musl" };

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));

/** Returns the os, cpu and libc fields that a package name implies: `@img/sharp-linuxmusl-x64` is linux, x64, musl. */
function platformOf(name) {
  const words = name.split("/").at(-1).split(/[-.]/);
  const system = systems.find((word) => words.includes(word));
  const processor = processors.find((word) => words.includes(word)) ?? (words.includes("64") ? "x64" : undefined);
  const abi = system === "linuxmusl" ? "musl" : Object.entries(abis).find(([word]) => words.includes(word))?.[1];
  return {
    ...(system && { os: [{ linuxmusl: "linux", windows: "win32" }[system] ?? system] }),
    ...(processor && { cpu: [processor] }),
    ...(abi && { libc: [abi] }),
  };
}

/** Asks the registry for the hash of one package version. */
function integrityOf(name, version) {
  const args = ["view", `${name}@${version}`, "dist.integrity", "--json"];
  return JSON.parse(execFileSync("npm", args, { encoding: "utf8" }));
}

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    const flat = `node_modules/${name}`;
    if (lock.packages[nested] || lock.packages[flat]) continue;
    lock.packages[flat] = { version, ...platformOf(name), ...(entry.dev && { dev: true }), optional: true };
    console.log(`added ${name}@${version}`);
  }
}
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === "" || entry.integrity || entry.link) continue;
  const name = path.split("node_modules/").at(-1);
  entry.integrity = integrityOf(name, entry.version);
  console.log(`added the integrity hash of ${name}@${entry.version}`);
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
