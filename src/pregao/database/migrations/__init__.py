"""Steps from one schema to the next; the newest is `pregao.database.SCHEMA_REVISION`."""
