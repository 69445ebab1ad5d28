// The least that a durable intake can be: Fastify takes JSON and inserts a row, whoever sent it. It verifies nothing, finds no repetition, plans no work.
import Fastify from "fastify";
import pg from "pg";
import { announceSubject } from "../../subject.ts";

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });
await pool.query("create table if not exists delivery (id bigint generated always as identity primary key, body text not null)");
const server = Fastify({ logger: false });
server.post("/webhooks/cybersource/:organizationId", async (request, reply) => {
  await pool.query({ name: "insert", text: "insert into delivery (body) values ($1)", values: [JSON.stringify(request.body)] });
  return reply.code(204).send();
});
await server.listen({ port: Number(process.env["PORT"]), host: "0.0.0.0" });
announceSubject(async () => { await server.close(); await pool.end(); });
