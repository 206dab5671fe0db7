import { expect, test } from "vitest";
import { refuseBearerToken } from "../../shared/api/bearer-token.ts";

test("the expected token is accepted with any case of the scheme", () => {
  for (const header of ["Bearer secret", "bearer secret", "BEARER   secret"])
    expect(refuseBearerToken(header, "secret")).toBeNull();
});

test.each([
  [undefined, "Send the token"],
  [null, "Send the token"],
  ["", "Send the token"],
  ["secret", "Send the token"],
  ["Basic secret", "Send the token"],
  ["Bearer ", "Send the token"],
  ["Bearer secre", "does not match"],
  ["Bearer secret2", "does not match"],
  ["Bearer Secret", "does not match"],
])("%j is refused", (header, detail) => {
  expect(refuseBearerToken(header, "secret")).toEqual({
    kind: "unauthorized",
    detail: expect.stringContaining(detail),
  });
});
