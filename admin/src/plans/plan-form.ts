// Puts one section with our control on somebody else's form, and takes it off again. The text of the form is cut and joined, never rebuilt:
// what was there stays byte for byte. Pure.
import { descendants, readXml, type XmlElement } from "@cybs/packer";
import { stableId } from "./plan-import.ts";

const CONTROL = "cybs_CybersourcePayments.PaymentStatus";
/** The class id of every custom control on a form. */
const CONTROL_CLASS = "{F9A8A302-114E-466A-B582-6771B2AE0D92}";
const TEXT_CLASS = "{4273EDBD-AC1D-40D3-9FB2-095C621B552D}";
const braced = (id: string): string => `{${id.toUpperCase()}}`;

export interface FormInput { readonly xml: string; readonly formId: string; readonly table: "salesorder" | "invoice" }
export type FormPlan = { readonly kind: "unchanged" } | { readonly kind: "change"; readonly xml: string } | { readonly kind: "no_place" };

export const holdsControl = (xml: string): boolean => xml.includes(CONTROL);
const sectionId = (formId: string): string => braced(stableId(`section ${formId.toLowerCase()}`));

/** Adds the section at the end of the first column of the first visible tab. */
export function addControl(input: FormInput): FormPlan {
  if (input.xml.includes(sectionId(input.formId)) || holdsControl(input.xml)) return { kind: "unchanged" };
  const root = readXml(input.xml);
  const sections = descendants(root, "tab").filter((tab) => tab.attributes.get("visible") !== "false").flatMap((tab) => descendants(tab, "column")).map((column) => column.children.find((child) => child.name === "sections")).find((found) => found !== undefined);
  if (sections === undefined) return { kind: "no_place" };
  const withSection = insert(input.xml, sections, sectionOf(input));
  return { kind: "change", xml: addDescription(withSection, input) };
}

/** Removes exactly what was added; a control that somebody placed by hand is not touched. */
export function removeControl(input: FormInput): FormPlan {
  const id = sectionId(input.formId);
  if (!input.xml.includes(id)) return { kind: "unchanged" };
  const section = descendants(readXml(input.xml), "section").find((one) => one.attributes.get("id") === id);
  const without = section === undefined ? input.xml : cut(input.xml, section);
  const description = descendants(readXml(without), "controlDescription").find((one) => one.attributes.get("forControl") === uniqueId(input));
  const xml = description === undefined ? without : cut(without, description);
  // An element that only held ours goes with it.
  return { kind: "change", xml: xml.replace(/<controlDescriptions>\s*<\/controlDescriptions>/, "") };
}

const uniqueId = ({ formId }: FormInput): string => braced(stableId(`control ${formId.toLowerCase()}`));
const numberColumn = (table: FormInput["table"]): string => (table === "salesorder" ? "ordernumber" : "invoicenumber");

function sectionOf(input: FormInput): string {
  const column = numberColumn(input.table);
  const id = sectionId(input.formId);
  const cell = braced(stableId(`cell ${input.formId.toLowerCase()}`));
  const label = '<labels><label description="Payment status" languagecode="1033" /><label description="Zahlungsstatus" languagecode="1031" /></labels>';
  return `<section name="cybs_paymentstatus" id="${id}" IsUserDefined="0" locklevel="0" showlabel="true" showbar="false" layout="varwidth" celllabelalignment="Left" celllabelposition="Left" columns="1" labelwidth="115">${label}<rows><row><cell id="${cell}" showlabel="false" locklevel="0" rowspan="6">${label}<control id="cybs_paymentstatus" classid="${CONTROL_CLASS}" datafieldname="${column}" uniqueid="${uniqueId(input)}" disabled="false" /></cell></row><row /><row /><row /><row /><row /></rows></section>`;
}

/** Where the schema of forms wants it: before the conditions and libraries. The base control is the text box, as on our own forms. */
function addDescription(xml: string, input: FormInput): string {
  const column = numberColumn(input.table);
  const bound = [0, 1, 2].map((factor) => `<customControl formFactor="${factor}" name="${CONTROL}"><parameters><documentNumber>${column}</documentNumber></parameters></customControl>`).join("");
  const description = `<controlDescription forControl="${uniqueId(input)}"><customControl id="${TEXT_CLASS}"><parameters><datafieldname>${column}</datafieldname></parameters></customControl>${bound}</controlDescription>`;
  const root = readXml(xml);
  const existing = root.children.find((child) => child.name === "controlDescriptions");
  if (existing !== undefined) return insert(xml, existing, description);
  const at = root.children.find((child) => child.name === "DisplayConditions" || child.name === "formLibraries")?.start ?? root.innerEnd;
  return `${xml.slice(0, at)}<controlDescriptions>${description}</controlDescriptions>${xml.slice(at)}`;
}

/** At the end of an element; one that is an empty-element tag is opened. */
function insert(xml: string, element: XmlElement, text: string): string {
  if (!element.isSelfClosing) return `${xml.slice(0, element.innerEnd)}${text}${xml.slice(element.innerEnd)}`;
  const tag = xml.slice(element.start, element.end);
  return `${xml.slice(0, element.start)}${tag.replace(/\s*\/>$/, ">")}${text}</${element.name}>${xml.slice(element.end)}`;
}

const cut = (xml: string, element: XmlElement): string => `${xml.slice(0, element.start)}${xml.slice(element.end)}`;
