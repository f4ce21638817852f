// What an object stores, for another deployment (js/transfer.js), whatever its tables are. js/index.js asks for it, in the object.

/// All that an object stores, as one text: the SQL of its tables, and their rows. It is read in one turn of the object, so that it
/// is one state. The numbers of ours are below 2^53.
export function dump(sql) {
  const own = [...sql.exec("select name, type, sql from sqlite_master where name not glob '_*' and name not glob 'sqlite_*' order by type <> 'table', name")];
  const tables = own.filter(({ type }) => type === "table").map(({ name }) => [name, [...sql.exec(`select * from "${name}"`).raw()]]);
  return JSON.stringify({ schema: own.map(({ sql }) => sql), tables });
}

/// Makes an object that stores nothing what another was; in one transaction, with an alarm that sees to what is due. Gives whether it is
/// that now, or was before.
export function restore(storage, text) {
  const { sql } = storage;
  const { schema, tables } = JSON.parse(text);
  const now = dump(sql);
  if (now === text) return true;
  if (JSON.parse(now).schema.length > 0) return false;
  storage.transactionSync(() => {
    for (const make of schema) sql.exec(make);
    for (const [name, rows] of tables) {
      for (const row of rows) sql.exec(`insert into "${name}" values (${row.map(() => "?").join(", ")})`, ...row);
    }
  });
  storage.setAlarm(Date.now() + 60_000);
  return true;
}
