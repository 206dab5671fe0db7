/**
 * Makes miniflare build its configuration faster. It appends the Workers' modules, 20 MB, to one buffer that grows by 4 KB and is copied
 * each time, which takes three seconds of processor time at every start; with larger steps 0.4. Import this module before miniflare.
 */
import { registerHooks } from "node:module";
import { withFasterGrowth } from "./miniflare-growth.ts";

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith("/miniflare/dist/src/index.js") || !loaded.source) return loaded;
    const source = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
    return { ...loaded, source: withFasterGrowth(source) };
  },
});
