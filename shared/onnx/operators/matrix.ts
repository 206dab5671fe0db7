/** Operators of ai.onnx.ml that see their input as rows of features. */
import type { OperatorNode, Slot } from "./operator.ts";

/** [N, columns]; one axis is one row. `rows` is null for N. */
export interface MatrixShape {
  readonly rows: number | null;
  readonly columns: number;
}

/** Refuses ranks other than 1 and 2, and an unknown number of columns. */
export function matrixShapeOf(node: OperatorNode, slot: Slot): MatrixShape {
  const [first, second] = slot.shape.length === 1 ? [1, slot.shape[0]] : slot.shape;
  if (slot.shape.length < 1 || slot.shape.length > 2 || typeof second !== "number" || first === undefined) {
    return node.unsupported(`an input of shape ${JSON.stringify(slot.shape)}`, "[N, columns] with known columns");
  }
  return { rows: first, columns: second };
}
