"""Law 5: no migration is missing, and a migrated database is what the models say."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, coalesce(character_maximum_length, numeric_precision),
           numeric_scale
    FROM information_schema.columns WHERE table_schema = %s AND table_name LIKE 'store\\_%%'
"""
CONSTRAINTS = """
    SELECT c.conrelid::regclass::text, c.contype, pg_get_constraintdef(c.oid) FROM pg_constraint c
    JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE n.nspname = %s AND c.conrelid::regclass::text LIKE '%%store\\_%%' AND c.contype <> 'n'
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = %s AND tablename LIKE 'store\\_%%'"


def shape(schema: str) -> dict[str, set[str]]:
    """Columns, constraints and indexes of a schema, without the schema's name and without made-up names."""
    found = {}
    with connection.cursor() as cursor:
        for name, query in (("columns", COLUMNS), ("constraints", CONSTRAINTS), ("indexes", INDEXES)):
            cursor.execute(query, [schema])
            rows = (" ".join(str(part) for part in row) for row in cursor.fetchall())
            found[name] = {row.replace("fresh.", "").replace("public.", "") for row in rows}
    return found


@pytest.fixture
def fresh() -> Iterator[str]:
    """A schema with the tables made from the models alone."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA fresh")
        cursor.execute("SET search_path TO fresh, public")
    with connection.schema_editor() as editor:
        for model in apps.get_app_config("store").get_models():
            editor.create_model(model)
    yield "fresh"
    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO public")
        cursor.execute("DROP SCHEMA fresh CASCADE")


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_fresh_database_equals_a_migrated_one(fresh: str) -> None:
    made, migrated = shape(fresh), shape("public")
    assert made["columns"] == migrated["columns"]
    assert made["constraints"] == migrated["constraints"]
    assert made["indexes"] == migrated["indexes"]


FROM = "0010"
"""What came before was put right before anybody ran it."""
ADDS = (
    operations.CreateModel,
    operations.AddField,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.AddConstraint,
    operations.RemoveConstraint,
    operations.AlterField,
)


def test_the_code_of_the_release_before_can_write_what_a_migration_adds() -> None:
    loader = MigrationLoader(None)
    ours = {name: migration for (app, name), migration in loader.disk_migrations.items() if app == "store"}
    later = [migration for name, migration in ours.items() if name[:4] >= FROM]
    assert later
    for migration in later:
        new = {each.name_lower for each in migration.operations if isinstance(each, operations.CreateModel)}
        for operation in migration.operations:
            assert isinstance(operation, ADDS), f"{migration.name}: {operation.describe()}"
            if isinstance(operation, operations.AddField) and operation.model_name_lower not in new:
                field = operation.field
                known = field.null or field.many_to_many or field.db_default is not NOT_PROVIDED
                assert known, f"{migration.name}: {operation.name} has no value when the older code writes the row"
