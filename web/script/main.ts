// The script of the pages. Everything works without it; it makes the pages quicker to use.
import { begin } from "./page.ts";
import "./answer.ts";
import "./offer/compose.ts";
import "./offer/series.ts";
import "./schedules/begin.ts";
import "./week/begin.ts";
import "./zone.ts";
import "./live.ts";
import "./proof.ts";
import "./calendar/file.ts";

begin(document.body);
