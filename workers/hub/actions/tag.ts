import type { Refusal } from "../../../shared/api/problem.ts";
import type { Tags } from "../../../shared/api/tags.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { listTags, type ModelTag, saveTag } from "../../../shared/db/tags.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireModel } from "./require.ts";

/** Sets a tag of a version, or removes it if the value is null. Returns all tags of the version. */
export async function tag(
  fx: Pick<Hub, "db">,
  { value, ...named }: ModelTag & { readonly value: string | null },
  actor: Actor,
): Promise<Result<Tags, Refusal>> {
  const { forecast, version } = named;
  const model = await requireModel(fx, forecast, version);
  if (!model.ok) return model;
  await saveTag(fx.db, named, value, actor);
  return success({ forecast, version, tags: await listTags(fx.db, forecast, version) });
}
