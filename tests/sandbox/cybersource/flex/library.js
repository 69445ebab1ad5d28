// The Flex Microform library of the sandbox: what a merchant's page loads. It puts one cross-origin frame per field into the page and talks
// to them by message; a number never reaches this script.
(() => {
  "use strict";
  const origin = new URL(document.currentScript.src).origin;
  const TIMEOUT_MS = 20_000;

  class MicroformError extends Error {
    constructor(reason, message, details = []) { super(message); this.name = "MicroformError"; this.reason = reason; this.details = details; }
  }
  const parse = (jws) => {
    try { return JSON.parse(decodeURIComponent(escape(atob(jws.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))))); } catch { throw new MicroformError("API_JSON_PARSER_ERROR", "The capture context is not readable."); }
  };
  const containerOf = (target) => {
    const element = typeof target === "string" ? document.querySelector(target) : target;
    if (!element) throw new MicroformError("FIELD_LOAD_CONTAINER_SELECTOR", `No element matches ${target}.`);
    return element;
  };

  class Field {
    #listeners = new Map(); #frame; #container; #ready;
    constructor(type, options, microform) { this.type = type; this.options = options; this.microform = microform; this.id = `${type}-${Math.random().toString(36).slice(2)}`; }
    on(event, listener) { this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]); return this; }
    off(event, listener) { this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter((one) => one !== listener)); return this; }
    emit(event, data) { for (const listener of this.#listeners.get(event) ?? []) listener(data); }
    load(target) {
      if (this.#frame) throw new MicroformError("FIELD_ALREADY_LOADED", "The field is loaded already.");
      this.#container = containerOf(target);
      this.#container.classList.add("flex-microform");
      const frame = document.createElement("iframe");
      frame.name = this.id;
      frame.title = this.options.title ?? (this.type === "number" ? "Card number" : "Security code");
      frame.setAttribute("scrolling", "no");
      Object.assign(frame.style, { border: "0", width: "100%", height: "100%", display: "block" });
      frame.src = `${origin}/microform/fields/${this.type}?v=2`;
      this.#ready = new Promise((resolve) => { this.resolveReady = resolve; });
      this.#container.append(frame);
      this.#frame = frame;
      return this;
    }
    unload() { this.#frame?.remove(); this.#container?.classList.remove("flex-microform", "flex-microform-focused", "flex-microform-valid", "flex-microform-invalid"); this.#frame = undefined; this.emit("unload"); }
    dispose() { this.unload(); this.#listeners.clear(); }
    clear() { this.send({ kind: "clear" }); }
    focus() { this.send({ kind: "focus" }); }
    update(options) { this.options = { ...this.options, ...options }; this.send({ kind: "update", options: this.options }); }
    get isLoaded() { return this.#frame !== undefined; }
    get window() { return this.#frame?.contentWindow; }
    send(message) { this.#ready?.then(() => this.window?.postMessage({ flex: 1, ...message }, origin)); }
    receive(message) {
      switch (message.kind) {
        case "loaded":
          this.window.postMessage({ flex: 1, kind: "init", id: this.id, data: this.microform.context.flx.data, targetOrigins: this.microform.context.ctx[0].data.targetOrigins, styles: this.microform.styles, options: this.options }, origin);
          return;
        case "ready": this.resolveReady(); this.emit("load"); return;
        case "blocked": this.emit("error", new MicroformError("API_INTERNAL_ERROR", "This page, or a page around it, is not a target origin of the capture context.")); return;
        case "focus": this.#container.classList.add("flex-microform-focused"); this.emit("focus", {}); return;
        case "blur": this.#container.classList.remove("flex-microform-focused"); this.emit("blur", {}); return;
        case "submit": this.emit("inputSubmitRequest", {}); return;
        case "change":
          this.#container.classList.toggle("flex-microform-valid", message.data.valid);
          this.#container.classList.toggle("flex-microform-invalid", !message.data.valid && !message.data.couldBeValid);
          this.emit("change", message.data);
          return;
        case "token": this.microform.settle(message); return;
        default:
      }
    }
  }

  class Microform {
    #fields = new Map(); #pending;
    constructor(context, options) {
      this.context = context; this.styles = options.styles ?? {};
      window.addEventListener("message", (event) => {
        if (event.origin !== origin || event.data?.flex !== 1) return;
        for (const field of this.#fields.values()) if (field.isLoaded && event.source === field.window) field.receive(event.data);
      });
    }
    createField(type, options = {}) {
      if (type !== "number" && type !== "securityCode") throw new MicroformError("CREATE_FIELD_INVALID_FIELD_TYPE", `${type} is not a field.`);
      if (this.#fields.has(type)) throw new MicroformError("CREATE_FIELD_DUPLICATE", "The field exists already.");
      const field = new Field(type, options, this);
      this.#fields.set(type, field);
      return field;
    }
    createToken(options, callback) {
      const number = this.#fields.get("number");
      if (!number) { callback(new MicroformError("CREATE_TOKEN_NO_FIELDS", "No fields for collection.")); return; }
      if (!number.isLoaded) { callback(new MicroformError("CREATE_TOKEN_NO_FIELDS_LOADED", "No fields have been loaded.")); return; }
      const timer = setTimeout(() => this.settle({ error: { reason: "CREATE_TOKEN_TIMEOUT", message: "Create token request timed out." } }), TIMEOUT_MS);
      this.#pending = { callback, timer };
      const code = this.#fields.get("securityCode");
      number.send({ kind: "createToken", options, codeFrame: code?.isLoaded ? code.id : undefined });
    }
    settle({ token, error }) {
      const pending = this.#pending;
      if (!pending) return;
      this.#pending = undefined;
      clearTimeout(pending.timer);
      if (error) pending.callback(new MicroformError(error.reason, error.message, error.details));
      else pending.callback(null, token);
    }
  }

  window.Flex = class Flex {
    #context;
    constructor(captureContext) { this.#context = parse(captureContext); }
    microform(type, options) { return new Microform(this.#context, (typeof type === "object" ? type : options) ?? {}); }
  };
})();
