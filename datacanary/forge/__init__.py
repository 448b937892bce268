"""Where a repository lives: pull requests, their comments and statuses, a file per host."""
