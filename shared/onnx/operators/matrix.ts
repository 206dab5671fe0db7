/** Reads the input of ai.onnx.ml operators for rows of features. */
import { describeShape } from "./data.ts";
import type { OperatorNode, Slot } from "./operator.ts";

export interface MatrixShape {
  /** Null means N. */
  readonly rows: number | null;
  readonly columns: number;
}

/** Returns rows and columns. Refuses ranks other than 2, for which runtimes differ, and an unknown number of columns. */
export function matrixShapeOf(node: OperatorNode, slot: Slot): MatrixShape {
  const [rows, columns] = slot.shape;
  if (slot.shape.length !== 2 || rows === undefined || typeof columns !== "number") {
    return node.unsupported(`an input of shape ${describeShape(slot.shape)}`, "[N, columns] with known columns");
  }
  return { rows, columns };
}
