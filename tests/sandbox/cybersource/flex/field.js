// Inside a hosted field: one input, same origin as its siblings, cross-origin to everybody else. The number goes to this origin's token
// endpoint and nowhere else. Works only when every frame around it is a target origin of the capture context.
(() => {
  "use strict";
  const type = document.documentElement.dataset.field;
  const input = document.querySelector("input");
  let parentOrigin;
  let settings;
  const BRANDS = [[/^4/, "visa", "001", "Visa", 16], [/^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/, "mastercard", "002", "Mastercard", 16], [/^3[47]/, "amex", "003", "American Express", 15], [/^6(011|4[4-9]|5)/, "discover", "004", "Discover", 16], [/^3(0[0-5]|[68])/, "dinersclub", "005", "Diners Club", 14], [/^35/, "jcb", "007", "JCB", 16]];
  const say = (message) => { if (parentOrigin) parent.postMessage({ flex: 1, ...message }, parentOrigin); };
  const digits = () => input.value.replace(/\D/g, "");
  const isLuhnValid = (number) => [...number].reverse().reduce((sum, digit, index) => { const value = Number(digit) * (index % 2 ? 2 : 1); return sum + (value > 9 ? value - 9 : value); }, 0) % 10 === 0;

  function validity() {
    const value = digits();
    if (type === "securityCode") return { valid: /^\d{3,4}$/.test(value), couldBeValid: value.length <= 4, empty: value === "" };
    const brand = BRANDS.find(([range]) => range.test(value));
    const full = brand ? brand[4] : 16;
    const valid = value.length >= 12 && value.length >= full && value.length <= 19 && isLuhnValid(value);
    return { valid, couldBeValid: valid || value.length < full, empty: value === "", card: brand ? [{ name: brand[1], cybsCardType: brand[2], brandedName: brand[3], valid }] : [] };
  }
  function restyle() {
    const { valid, couldBeValid, empty } = validity();
    const styles = settings?.styles ?? {};
    const apply = (rules) => { for (const [name, value] of Object.entries(rules ?? {})) input.style.setProperty(name, value); };
    apply(styles.input);
    if (!empty && valid) apply(styles.valid);
    if (!empty && !couldBeValid) apply(styles.invalid);
    input.setAttribute("aria-invalid", String(!empty && !valid && document.activeElement !== input));
  }
  function group() {
    if (type !== "number") { input.value = digits().slice(0, 4); return; }
    const value = digits().slice(0, 19);
    const blocks = /^3[47]/.test(value) ? [4, 6, 5] : [4, 4, 4, 4, 3];
    const parts = [];
    let at = 0;
    for (const size of blocks) { if (at < value.length) parts.push(value.slice(at, at + size)); at += size; }
    input.value = parts.join(" ");
  }

  async function createToken({ options, codeFrame }) {
    const wrong = [];
    if (!validity().valid) wrong.push({ location: "number", message: "Validation error" });
    let securityCode;
    if (codeFrame) {
      const code = parent.frames[codeFrame].document.querySelector("input").value.replace(/\D/g, "");
      if (!/^\d{3,4}$/.test(code)) wrong.push({ location: "securityCode", message: "Validation error" });
      securityCode = code;
    }
    if (wrong.length > 0) { say({ kind: "token", error: { reason: "CREATE_TOKEN_VALIDATION_FIELDS", message: "One or more fields have a validation error.", details: wrong } }); return; }
    try {
      const response = await fetch("/flex/v2/tokens", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ data: settings.data, number: digits(), securityCode, ...options }) });
      if (response.ok) { say({ kind: "token", token: await response.text() }); return; }
      const { responseStatus } = await response.json();
      say({ kind: "token", error: { reason: responseStatus.reason, message: "The token could not be created.", details: responseStatus.details } });
    } catch {
      say({ kind: "token", error: { reason: "CREATE_TOKEN_XHR_ERROR", message: "The token could not be created: no connection." } });
    }
  }

  function init(message, origin) {
    const around = location.ancestorOrigins ? [...location.ancestorOrigins] : [origin];
    if (!around.every((one) => message.targetOrigins.includes(one))) { parent.postMessage({ flex: 1, kind: "blocked" }, origin); input.disabled = true; return; }
    parentOrigin = origin;
    settings = message;
    input.placeholder = message.options.placeholder ?? "";
    if (message.options.title) input.setAttribute("aria-label", message.options.title);
    restyle();
    say({ kind: "ready" });
  }

  window.addEventListener("message", (event) => {
    if (event.source !== parent || event.data?.flex !== 1) return;
    const message = event.data;
    if (message.kind === "init" && !settings) { init(message, event.origin); return; }
    if (event.origin !== parentOrigin) return;
    if (message.kind === "clear") { input.value = ""; say({ kind: "change", data: validity() }); }
    if (message.kind === "focus") input.focus();
    if (message.kind === "update") { settings.options = message.options; settings.styles = message.options.styles ?? settings.styles; input.placeholder = message.options.placeholder ?? input.placeholder; input.disabled = message.options.disabled === true; restyle(); }
    if (message.kind === "createToken") void createToken(message);
  });
  input.addEventListener("input", () => { group(); restyle(); say({ kind: "change", data: validity() }); });
  input.addEventListener("focus", () => { restyle(); say({ kind: "focus" }); });
  input.addEventListener("blur", () => { restyle(); say({ kind: "blur" }); });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") say({ kind: "submit" }); });
  parent.postMessage({ flex: 1, kind: "loaded" }, "*");
})();
