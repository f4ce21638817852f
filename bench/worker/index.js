// The measured Worker's entry.
import { fetch } from "./build/index.js";

export default { fetch };
