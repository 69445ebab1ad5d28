// Where each Microsoft cloud signs in. learn.microsoft.com/entra/identity-platform/authentication-national-cloud. GCC uses the public cloud.
import type { SignInSettings } from "../configuration/environment-file.ts";

const AUTHORITIES: Readonly<Record<SignInSettings["cloud"], string>> = {
  public: "https://login.microsoftonline.com", us_government: "https://login.microsoftonline.us", us_department_of_defense: "https://login.microsoftonline.us", china: "https://login.partner.microsoftonline.cn",
};

/** The public client that Microsoft publishes for tools against Dataverse; a tenant that blocks it names its own with clientId. */
export const DATAVERSE_TOOLS_CLIENT = "51f81489-12ee-4a9e-aaae-a2591f45987d";

export const authorityOf = (signIn: SignInSettings): string => signIn.authority ?? `${AUTHORITIES[signIn.cloud]}/${signIn.tenant}`;
