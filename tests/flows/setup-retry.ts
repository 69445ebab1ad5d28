// Flows run over real processes in real time. On a machine that stalls one may miss its moment: it is run once more, and its first failure is printed.
import { jest } from "@jest/globals";

jest.retryTimes(Number(process.env["FLOW_RETRIES"] ?? 1), { logErrorsBeforeRetry: true });
