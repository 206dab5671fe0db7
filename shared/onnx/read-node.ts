/** Reads one node with its attributes. */
import type { Attribute, Node, Tensor } from "./graph.ts";
import { floatsOf, listOfInts, PackedBytes } from "./packed.ts";
import { FIXED32, VARINT } from "./protobuf.ts";
import type { Cursor } from "./protobuf-reader.ts";
import { readTensor } from "./read-tensor.ts";
import { ATTRIBUTE, ATTRIBUTE_TYPES, NODE } from "./schema.ts";
import { StringList } from "./string-list.ts";

/** More than ten times the maximum of any operator. */
const ATTRIBUTES_MAX = 200;
const WIRES_MAX = 20_000;

export function readNode(cursor: Cursor): Node {
  const wiring = { op: "", domain: "", name: "" };
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, Attribute> = Object.create(null);
  let attributeCount = 0;
  while (cursor.next()) {
    switch (cursor.field) {
      case NODE.input:
      case NODE.output: {
        const wires = cursor.field === NODE.input ? inputs : outputs;
        if (wires.length === WIRES_MAX) cursor.fail(`more than ${WIRES_MAX} inputs or outputs`, "fewer", "too-large");
        wires.push(cursor.string());
        break;
      }
      case NODE.name:
        wiring.name = cursor.string();
        break;
      case NODE.op:
        wiring.op = cursor.string();
        break;
      case NODE.domain:
        wiring.domain = cursor.string();
        break;
      case NODE.attribute: {
        if (attributeCount++ === ATTRIBUTES_MAX)
          cursor.fail(`more than ${ATTRIBUTES_MAX} attributes`, "fewer", "too-large");
        const { name, attribute } = readAttribute(cursor.message(`${cursor.what}, attribute`));
        if (attributes[name] !== undefined) cursor.fail(`attribute ${name} twice`, "once");
        attributes[name] = attribute;
        break;
      }
      default:
        cursor.skip();
    }
  }
  return { ...wiring, domain: wiring.domain === "ai.onnx" ? "" : wiring.domain, inputs, outputs, attributes };
}

/** All fields of an attribute; `type` selects the one in use. */
class Draft {
  name = "";
  type = 0;
  float = 0;
  int = 0;
  string = "";
  tensor: Tensor | null = null;
  reference = "";
  readonly floats = new PackedBytes();
  readonly ints = new PackedBytes();
  readonly strings = new StringList();
}

function takeField(cursor: Cursor, draft: Draft): void {
  switch (cursor.field) {
    case ATTRIBUTE.name:
      draft.name = cursor.string();
      break;
    case ATTRIBUTE.type:
      draft.type = cursor.int();
      break;
    case ATTRIBUTE.float:
      draft.float = cursor.float();
      break;
    case ATTRIBUTE.int:
      draft.int = cursor.int();
      break;
    case ATTRIBUTE.string:
      draft.string = cursor.string();
      break;
    case ATTRIBUTE.tensor:
      draft.tensor = readTensor(cursor.message(`${cursor.what} ${draft.name}`));
      break;
    case ATTRIBUTE.floats:
      draft.floats.take(cursor, FIXED32);
      break;
    case ATTRIBUTE.ints:
      draft.ints.take(cursor, VARINT);
      break;
    case ATTRIBUTE.strings:
      draft.strings.add(cursor);
      break;
    case ATTRIBUTE.reference:
      draft.reference = cursor.string();
      break;
    default:
      cursor.skip();
  }
}

function readAttribute(cursor: Cursor): { name: string; attribute: Attribute } {
  const draft = new Draft();
  while (cursor.next()) takeField(cursor, draft);
  return { name: draft.name, attribute: attributeOf(cursor, draft) };
}

function attributeOf(cursor: Cursor, draft: Draft): Attribute {
  if (draft.reference !== "") return { kind: "unsupported", found: "a reference to a function's attribute" };
  const kind = ATTRIBUTE_TYPES[draft.type];
  const what = `${cursor.what} ${draft.name}`;
  switch (kind) {
    case "float":
      return { kind, value: draft.float };
    case "int":
      return { kind, value: draft.int };
    case "string":
      return { kind, value: draft.string };
    case "tensor":
      return draft.tensor === null
        ? cursor.fail(`attribute ${draft.name} without its tensor`, "a tensor")
        : { kind, value: draft.tensor };
    case "floats":
      return { kind, values: floatsOf(draft.floats.bytes(), what) };
    case "ints":
      return Object.assign(listOfInts(draft.ints.bytes(), what), { kind });
    case "strings":
      return stringsOf(draft.strings);
    case undefined:
    case "undefined":
      return cursor.fail(`attribute ${draft.name} of type ${draft.type}`, "a type of onnx.proto");
    default:
      return { kind: "unsupported", found: kind };
  }
}

/** Decodes coded texts only on demand, because the compiler does not need a forest's modes as 600,000 texts. */
function stringsOf(list: StringList): Attribute {
  const { coded } = list;
  if (coded === null) return { kind: "strings", values: list.values };
  const attribute: Attribute = {
    kind: "strings",
    get values() {
      return list.values;
    },
  };
  // Not enumerable, so that it does not count when two graphs are compared.
  return Object.defineProperty(attribute, "coded", { value: coded });
}
