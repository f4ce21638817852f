// Reads the page again.

/** Has the Worker answer with this page for a query, and remember what the query chooses. */
export async function refresh(query: Record<string, string> = {}): Promise<void> {
  await fetch(`?${new URLSearchParams({ ...query, show: "live" })}`, { headers: { Accept: "text/html" } });
}
