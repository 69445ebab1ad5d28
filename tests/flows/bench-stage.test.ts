// What the bench measures against stays alike to what the relay asks for: the relay gets ready over the canned upstream, and a payment takes the calls
// that are known for it. Nothing is timed here.
import { expect, test } from "@jest/globals";
import { createDriver } from "../bench/drive.ts";
import { startSubject } from "../bench/measure-payments.ts";
import { startUpstream } from "../bench/upstream.ts";

test("the relay is ready over the bench's canned upstream and takes payments with one call to Cybersource and two batches each", async () => {
  const upstream = await startUpstream();
  const driver = createDriver(upstream.child);
  const stage = await startSubject("relay", upstream);
  try {
    expect(await driver.run(stage.subject, { count: 4, atOnce: 2 })).toMatchObject({ cybersourceCalls: 1, dataverseCalls: 2 });
    expect(await driver.mint(stage.subject)).toEqual({ cybersource: 0, dataverse: 1 });
  } finally {
    await driver.close();
    await stage.stop();
    await upstream.stop();
  }
}, 120_000);
