/** The bytes of tensors, as the binary tensor data extension defines them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { floatBytes, readElements, textBytes } from "../../shared/predict/binary-tensors.ts";

test.each([
  ["BOOL", [1, 0], [1, 0]],
  ["UINT8", [255], [255]],
  ["INT8", [255], [-1]],
  ["UINT16", [0xfe, 0xff], [65_534]],
  ["INT16", [0xfe, 0xff], [-2]],
  ["UINT32", [0, 0, 0, 0x80], [2 ** 31]],
  ["INT32", [0, 0, 0, 0x80], [-(2 ** 31)]],
  ["UINT64", [0, 0, 0, 0, 0, 0, 0, 0x80], [2 ** 63]],
  ["INT64", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-1]],
  ["FP32", [0, 0, 0x20, 0xc0], [-2.5]],
  ["FP64", [0, 0, 0, 0, 0, 0, 4, 0x40], [2.5]],
  ["BYTES", [2, 0, 0, 0, 0xc3, 0xa9, 0, 0, 0, 0], ["é", ""]],
])("%s is little-endian", (datatype, bytes, elements) => {
  expect(readElements(Uint8Array.from(bytes), datatype, elements.length)).toEqual({ ok: true, value: elements });
});

/** From IEEE 754-2008: one, the largest, the smallest normal and subnormal numbers, negative zero, infinity, not a number. */
test.each([
  [0x3c00, 1],
  [0xc000, -2],
  [0x7bff, 65_504],
  [0x0400, 2 ** -14],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x8000, -0],
  [0x3555, 1365 / 4096],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])("FP16 of %i is %d", (bits, number) => {
  expect(readElements(Uint8Array.of(bits & 0xff, bits >> 8), "FP16", 1)).toEqual({ ok: true, value: [number] });
});

test.each([
  ["too few bytes", "FP32", 7, 2, /found 7 bytes of binary data, expected 8, 2 elements of 4 bytes/],
  ["too many bytes", "INT64", 16, 1, /found 16 bytes of binary data, expected 8/],
  ["a datatype that has no bytes here", "BF16", 2, 1, /binary data of datatype BF16 cannot be read/],
  ["too few texts", "BYTES", 4, 2, /found 1 elements of binary data, expected 2/],
  ["a cut length", "BYTES", 6, 2, /element 1 of the binary data is cut/],
])("%s are refused", (_, datatype, length, count, problem) => {
  expect(readElements(new Uint8Array(length), datatype, count)).toMatchObject({
    error: expect.stringMatching(problem),
  });
});

test.each([
  ["beyond the bytes", [200, 0, 0, 0, 0x61], /element 0 of the binary data is cut/],
  ["of 4 GB", [0xff, 0xff, 0xff, 0xff, 0x61], /element 0 of the binary data is cut/],
  ["that is not UTF-8", [1, 0, 0, 0, 0xff], /element 0 of the binary data is not UTF-8/],
])("a text %s is refused", (_, bytes, problem) => {
  expect(readElements(Uint8Array.from(bytes), "BYTES", 1)).toMatchObject({ error: expect.stringMatching(problem) });
});

test("what is written is read back: numbers as float32, missing ones as NaN, texts in UTF-8", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.float())), (values) => {
      expect(readElements(floatBytes(values), "FP32", values.length)).toEqual({
        ok: true,
        value: values.map((value) => value ?? Number.NaN),
      });
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: "grapheme" }))), (texts) => {
      expect(readElements(textBytes(texts), "BYTES", texts.length)).toEqual({
        ok: true,
        value: texts.map((text) => text ?? ""),
      });
    }),
  );
});
