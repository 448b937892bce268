"""What every warehouse can do: one protocol for each thing that somebody does with one."""
