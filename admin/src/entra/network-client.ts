// MSAL speaks through the command's own network, so that one authority file and one deadline hold for everything.
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from "@azure/msal-node";
import { readJson, type HttpRequest, type Network } from "../network.ts";

export function networkClient(network: Network): INetworkModule {
  const send = async <T>(method: HttpRequest["method"], url: string, options: NetworkRequestOptions | undefined): Promise<NetworkResponse<T>> => {
    const answer = await network.send({ method, url, ...(options?.headers === undefined ? {} : { headers: options.headers }), body: options?.body });
    if (answer.kind === "no_answer") throw new Error(`${new URL(url).host}: ${answer.cause}`);
    return { headers: { ...answer.headers }, body: readJson(answer.text) as T, status: answer.status };
  };
  return { sendGetRequestAsync: (url, options) => send("GET", url, options), sendPostRequestAsync: (url, options) => send("POST", url, options) };
}
