// Is a text XML at all? Asked before FetchXML or a solution's files are read.
import { DOMParser, onErrorStopParsing } from "@xmldom/xmldom";

/** The first complaint of the parser, or undefined for well-formed XML. */
export function xmlComplaint(text: string): string | undefined {
  try {
    new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, "text/xml");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : "not XML";
  }
}
