// Numbered SQL files, forward only, each in one transaction with its checksum. Several relays may start at once: an advisory lock lets one do it.
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "./database.ts";

const LOCK = 4_207_270_001;
const folder = join(import.meta.dirname, "migrations");

/** Applies what is missing. Throws when an applied file was changed afterwards. */
export async function migrate(database: Database): Promise<void> {
  const files = globSync("*.sql", { cwd: folder }).sort();
  await database.transaction(async (sql) => {
    await sql.query("migrate-lock", "select pg_advisory_xact_lock($1)", [LOCK]);
    await sql.query("migrate-table", "create table if not exists migration (name text primary key, checksum text not null)");
    const { rows } = await sql.query("migrate-applied", "select name, checksum from migration");
    const applied = new Map(rows.map((row) => [String(row["name"]), String(row["checksum"])]));
    for (const name of files) {
      const text = readFileSync(join(folder, name), "utf8");
      const checksum = createHash("sha256").update(text).digest("hex");
      const known = applied.get(name);
      if (known !== undefined && known !== checksum) throw new Error(`Migration ${name} was changed after it was applied. Add a new file instead.`);
      if (known !== undefined) continue;
      for (const [index, statement] of statementsOf(text).entries()) await sql.query(`migrate-${name}-${index}`, statement);
      await sql.query("migrate-note", "insert into migration (name, checksum) values ($1, $2)", [name, checksum]);
    }
  });
}

/** Our files hold plain statements: no semicolon stands inside one. */
const statementsOf = (text: string): readonly string[] => text.replace(/^--.*$/gm, "").split(";").map((statement) => statement.trim()).filter((statement) => statement !== "");
