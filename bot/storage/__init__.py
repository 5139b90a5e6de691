"""Where everything is kept: one SQLite file, full sync, every table made by a migration."""
