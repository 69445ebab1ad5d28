// Why does this person not see the button, or cannot use it? The first reason that holds, in the order in which Dynamics 365 looks. Pure.
import { amber, green, red, type Finding } from "./finding.ts";

export interface ButtonFacts {
  readonly name: string;
  readonly isDisabled: boolean;
  /** 0 read-write, 4 not interactive; others may open the app in part only. */
  readonly accessMode: number;
  readonly roles: readonly string[];
  readonly privileges: readonly string[];
  readonly unit: string;
  /** Currencies with an enabled merchant account for the person's unit or one above it. */
  readonly currencies: readonly string[];
  readonly hasRelayAddress: boolean;
}
const NEEDED: readonly (readonly [string, string])[] = [["prvCreatecybs_PaymentRequest", "the button is hidden without it"], ["prvWritecybs_PaymentRequest", "the dialog cannot be submitted without it"], ["prvReadcybs_Payment", "the result cannot be shown without it"], ["prvReadcybs_PaymentTransaction", "the result cannot be shown without it"], ["prvReadSalesOrder", "the order itself cannot be opened without it"], ["prvReadEnvironmentVariableValue", "the relay's address cannot be read without it"]];

export function judgeButton(facts: ButtonFacts): readonly Finding[] {
  const held = new Set(facts.privileges.map((name) => name.toLowerCase()));
  const lacking = NEEDED.filter(([name]) => !held.has(name.toLowerCase()));
  return [
    facts.isDisabled ? red("user", `${facts.name} is disabled`, "Enable the user in the admin center.") : facts.accessMode === 0 ? green("user", `${facts.name} is enabled and interactive`) : red("user", `${facts.name} is not an interactive user (access mode ${facts.accessMode})`, "Give the user access mode Read-Write; payments are taken by persons."),
    lacking.length === 0 ? green("rights", `has the rights (roles: ${facts.roles.join(", ")})`) : red("rights", `lacks ${lacking.map(([name, why]) => `${name} (${why})`).join("; ")}`, "Give the role “Cybersource Payments – Sales rep”, itself or through a team, beside the role that opens orders."),
    facts.currencies.length === 0 ? red("merchant_account", `no merchant account serves the business unit ${facts.unit} or one above it`, "Run setup with --merchant for that unit, or enable the account in the app.") : green("merchant_account", `payments in ${facts.currencies.join(", ")}`),
    facts.hasRelayAddress ? green("relay_address", "the relay's address is set") : red("relay_address", "the relay's address is not set", "Run setup."),
    amber("form", "what cannot be seen from here: the button shows on saved orders only, in the ⋯ menu when the window is narrow, and after the browser has loaded the new form", "Save the order, look under ⋯, and reload the page with Ctrl+F5."),
  ];
}
