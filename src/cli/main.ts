#!/usr/bin/env node
/** The `inkling` command, for those who start it from its TypeScript; `inkling.js` says what is in it. */
import './inkling.js';
