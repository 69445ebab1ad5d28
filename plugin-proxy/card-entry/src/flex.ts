// The one foreign script of this page: Cybersource's Flex library, loaded with the address and hash that the verified capture context names.
// Types as documented in the Flex Microform integration guide; only what is used.
export interface FlexField {
  load(selector: string): void;
  on(event: "change" | "focus" | "blur" | "load" | "error" | "inputSubmitRequest", listener: (data: FieldData) => void): void;
  unload(): void;
  clear(): void;
  update(options: { readonly styles?: FlexStyles }): void;
}
export interface FieldData { readonly valid?: boolean; readonly couldBeValid?: boolean; readonly empty?: boolean; readonly card?: readonly { readonly name?: string; readonly brandedName?: string }[] }
export interface FlexError { readonly reason: string; readonly message: string; readonly details?: readonly { readonly location?: string }[] }
export type FlexStyles = Readonly<Record<string, Readonly<Record<string, string>>>>;
export interface Microform {
  createField(type: "number" | "securityCode", options: { readonly placeholder?: string; readonly title?: string; readonly styles?: FlexStyles }): FlexField;
  createToken(options: { readonly expirationMonth: string; readonly expirationYear: string }, callback: (error: FlexError | null, token?: string) => void): void;
}
type FlexConstructor = new (captureContext: string) => { microform(type: "card", options: { readonly styles: FlexStyles }): Microform };

const LOAD_MS_MAX = 15_000;
const constructorOf = (): FlexConstructor | undefined => (window as unknown as { Flex?: FlexConstructor }).Flex;
/** Address and hash of the library that this document runs; another card for another document needs it no second time. */
let loaded = "";

/** Opens a form, with the library loaded first. Rejects when that is blocked, changed, or does not come in time. */
export async function openMicroform(input: { readonly libraryUrl: string; readonly integrity: string; readonly captureContext: string; readonly styles: FlexStyles }): Promise<Microform> {
  const wanted = `${input.integrity} ${input.libraryUrl}`;
  if (loaded !== wanted) await loadLibrary(input.libraryUrl, input.integrity);
  loaded = wanted;
  const constructor = constructorOf();
  if (constructor === undefined) throw new Error("library_missing");
  return new constructor(input.captureContext).microform("card", { styles: input.styles });
}

function loadLibrary(libraryUrl: string, integrity: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const timer = setTimeout(() => { reject(new Error("library_timeout")); }, LOAD_MS_MAX);
    script.src = libraryUrl;
    script.integrity = integrity;
    script.crossOrigin = "anonymous";
    script.onload = () => { clearTimeout(timer); resolve(); };
    script.onerror = () => { clearTimeout(timer); reject(new Error("library_blocked")); };
    document.head.append(script);
  });
}

/** The form's family may not be on this computer; what follows it is. */
export const familyOf = (family: string): string => `${family}, "Segoe UI", system-ui, sans-serif`;

export const stylesOf = (theme: { readonly foreground: string; readonly danger: string; readonly fontFamily: string; readonly fontSizePx: number }): FlexStyles => ({
  input: { color: theme.foreground, "font-family": familyOf(theme.fontFamily), "font-size": `${theme.fontSizePx}px` }, invalid: { color: theme.danger }, valid: { color: theme.foreground },
});
