import { appendFileSync } from "node:fs";
import { join } from "node:path";

// Beside the state, which the test can see; the release itself is read-only.
appendFileSync(join(process.cwd(), "../../migrations.txt"), `${process.env.TRIMARAN_SITE}\n`);
