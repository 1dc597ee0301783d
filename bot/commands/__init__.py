"""The groups of the psqm command line, one module a group. Heavy imports wait for the command that needs them."""
