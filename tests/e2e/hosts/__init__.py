"""Stand-ins for the hosts of pull requests, over loopback HTTP: the real routes, paging and errors."""
