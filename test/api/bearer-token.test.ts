import { expect, test } from "vitest";
import { refuseBearerToken } from "../../shared/api/bearer-token.ts";

test("the expected token is accepted with any case of the scheme", () => {
  for (const header of ["Bearer secret", "bearer secret", "BEARER   secret"])
    expect(refuseBearerToken(header, "secret")).toBeNull();
});

test.each([
  [undefined, "Send it as: Authorization: Bearer <token>"],
  [null, "Send it as: Authorization: Bearer <token>"],
  ["", "Send it as: Authorization: Bearer <token>"],
  ["secret", "Send it as: Authorization: Bearer <token>"],
  ["Basic secret", "Send it as: Authorization: Bearer <token>"],
  ["Bearer ", "Send it as: Authorization: Bearer <token>"],
  ["Bearer secre", "does not match"],
  ["Bearer secret2", "does not match"],
  ["Bearer Secret", "does not match"],
])("%j is refused", (header, detail) => {
  expect(refuseBearerToken(header, "secret")).toEqual({
    kind: "unauthorized",
    detail: expect.stringContaining(detail),
  });
});

test("a refusal names the setting with the token", () => {
  expect(refuseBearerToken(null, "secret", "ADMIN_TOKEN")?.detail).toMatch(/^This address needs ADMIN_TOKEN\. /);
  expect(refuseBearerToken("Bearer other", "secret", "ADMIN_TOKEN")?.detail).toContain("ADMIN_TOKEN");
});
