// The payment page as this relay serves it, and as the world gets it.
export interface PageAnswer {
  readonly status: number;
  readonly text: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}
export interface PaymentPage {
  /** As this process answers, without a network in between. */
  readonly served: (path: string) => Promise<PageAnswer>;
  /** As it arrives at the public address, through whatever stands before it; undefined when it cannot be reached from here. */
  readonly seen: (path: string) => Promise<PageAnswer | undefined>;
}
