import { prefix } from "./api/client";
import { legacyPlace } from "./lib/legacy";

// Before the router looks at the address.
const place = legacyPlace(window.location.hash);
if (place) window.history.replaceState(null, "", prefix + place);
