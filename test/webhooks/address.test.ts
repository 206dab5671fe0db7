/** Which addresses may receive webhooks. */
import { expect, test } from "vitest";
import { webhookAddress } from "../../shared/webhooks/address.ts";

const rules = { allowLoopback: false };
const refused = (text: string) => webhookAddress(text, rules).ok === false;

test.each([
  ["https://example.com/hook?key=1#part", "https://example.com/hook?key=1"],
  ["https://hooks.example.org:8443/a", "https://hooks.example.org:8443/a"],
  ["HTTPS://Bücher.example.net", "https://xn--bcher-kva.example.net/"],
  ["https://1.1.1.1/", "https://1.1.1.1/"],
  ["https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"],
  ["https://[2001:4860:4860::8888]/", "https://[2001:4860:4860::8888]/"],
  ["https://172.32.0.1/", "https://172.32.0.1/"],
  ["https://100.128.0.1/", "https://100.128.0.1/"],
])("%s is accepted", (text, href) => {
  expect(webhookAddress(text, rules)).toEqual({ ok: true, value: href });
});

test.each([
  "http://example.com/",
  "ftp://example.com/",
  "javascript:alert(1)",
  "file:///etc/passwd",
  "example.com/hook",
  "",
])("another scheme than https is refused: %s", (text) => {
  expect(refused(text)).toBe(true);
});

test.each(["https://user:secret@example.com/", "https://user@example.com/", "https://:secret@example.com/"])(
  "credentials are refused: %s",
  (text) => {
    expect(webhookAddress(text, rules)).toEqual({ ok: false, error: "The address contains credentials." });
  },
);

const privateIpv4 = [
  ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1"],
  ...["172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"],
  ...["224.0.0.1", "240.0.0.1", "255.255.255.255"],
];

test.each(privateIpv4)("the address %s is refused in every form", (address) => {
  const parts = address.split(".").map(Number);
  const value = parts.reduce((sum, part) => sum * 256 + part, 0);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const hex = (number: number) => number.toString(16);
  const forms = [
    address,
    `${address}.`,
    String(value),
    `0x${hex(value)}`,
    `0${value.toString(8)}`,
    parts.map((part) => `0x${hex(part)}`).join("."),
    parts.map((part) => `0${part.toString(8)}`).join("."),
    `${a}.${b * 65536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    address.replaceAll(".", "%2e"),
    address.replaceAll(".", "。"),
    address.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    `[::ffff:${address}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[2002:${hex(a * 256 + b)}:${hex(c * 256 + d)}::1]`,
  ];
  expect(forms.filter((form) => !refused(`https://${form}/`))).toEqual([]);
});

test.each([
  ...["[::]", "[::1]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]"],
  ...["[2001::1]", "[2001:10::1]", "[3fff::1]", "[100::1]", "[64:ff9b:1::1]", "[5f00::1]", "[4000::1]"],
])("the address %s is refused", (host) => {
  expect(refused(`https://${host}/`)).toBe(true);
});

test.each([
  ...["localhost", "LOCALHOST", "localhost.", "app.localhost", "intranet", "printer.local", "db.internal", "nas.lan"],
  ...[
    "router.home.arpa",
    "a.localdomain",
    "x.corp",
    "example",
    "a.test",
    "a.invalid",
    "a.onion",
    "metadata.google.internal",
  ],
])("the name %s is refused", (host) => {
  expect(refused(`https://${host}/`)).toBe(true);
});

test("a name with an empty or too long label is refused", () => {
  const hosts = ["localhost..", "printer.local..", "127.0.0.1..", "a..dev", ".dev", `${"a".repeat(64)}.dev`];
  expect(hosts.filter((host) => !refused(`https://${host}/`))).toEqual([]);
});

test("this machine is allowed only where the configuration allows it, also over http", () => {
  const local = ["http://127.0.0.1:9000/hook", "http://localhost:9000/hook", "https://[::1]:9000/hook"];
  for (const text of local) {
    expect(refused(text)).toBe(true);
    expect(webhookAddress(text, { allowLoopback: true })).toEqual({ ok: true, value: text });
  }
  for (const text of ["http://192.168.1.1/", "http://example.com/", "ftp://localhost/", "http://a:b@localhost/"])
    expect(webhookAddress(text, { allowLoopback: true }).ok).toBe(false);
});

test("a very long address is refused", () => {
  expect(refused(`https://example.com/${"a".repeat(2_000)}`)).toBe(true);
});
