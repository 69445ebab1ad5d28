// Time as the command takes it: handed in, so that tests need not wait.
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}
