"use strict";
// Checks the Node version before any TypeScript file is loaded. `npm ci` installs a Node of its own on the platforms
// that package.json lists; everywhere else the installed Node has to run TypeScript files directly.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Almanac needs Node 22.18 or later; this is Node ${process.versions.node} at ${process.execPath}.\n` +
      "Run `npm ci` with optional dependencies (they include Node 24 for Linux, Windows and Intel Macs), or install Node 24.",
  );
  process.exit(1);
}

// Stores compiled code in the project, so that later commands start in half the time. Child processes use the same folder.
const { join } = require("node:path");
process.env.NODE_COMPILE_CACHE ??= join(__dirname, "..", ".wrangler", "compile-cache");
require("node:module").enableCompileCache(process.env.NODE_COMPILE_CACHE);
