/** Reports in workerd. The tests share one start of workerd, which takes longer than most of them; each module tests one guarantee. */
import "./report/exactly-one.ts";
import "./report/revisions.ts";
import "./report/record.ts";
import "./report/editions.ts";
import "./report/next-event.ts";
