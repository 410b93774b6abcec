//! Comparing names: scripts, tokens, nicknames, legal forms, phonetics, to a score one can explain.
