// Writes docs/API.md from the OpenAPI document of the hub: part of `npm run docs`. A test checks that it is up to date.
// It is not part of the trainer, because the trainer imports nothing of a Worker.
import { writeFileSync } from "node:fs";
import { serviceDocument } from "../workers/hub/http/app.ts";
import { documentShape } from "../workers/hub/http/docs-page/document.ts";
import { apiMarkdown } from "../workers/hub/http/docs-page/markdown.ts";

const document = documentShape.parse(serviceDocument());
writeFileSync(new URL("API.md", import.meta.url), apiMarkdown(document));
