"""The real histories: where their migrations lie, what these import, and how their own env.py runs.

`packages` is the least that the version files import; None means the whole package. `project` says
what is laid for a run with env.py: `root`, a folder of the package, and its `parts`; what env.py
imports besides (`packages`); lines to be `replaced`, where no environment of pip's satisfies them
(file, old, new); the variable from which env.py takes the database's URL (`urlVariable`, else it is
the ini's sqlalchemy.url); and its drivers, where it wants others than SQLAlchemy's usual ones.
"""

DRIVER = "psycopg2-binary==2.9.13"
ZOU = {
    # The migrations import the models, and these the whole application.
    "package": "zou==1.0.97",
    "packages": ["zou==1.0.97", DRIVER],
    "products": ["postgresql"],
    "environment": {"SECRET_KEY": "corpus", "CACHE_TYPE": "simple"},
    "probe": "zou.app.models.person",
    "project": {"root": "zou/migrations", "parts": ["."]},
    "varyingColumns": [
        "task_status.id", "task_status.created_at", "task_status.updated_at",
        "task_type.id", "task_type.created_at", "task_type.updated_at",
    ],
}

HISTORIES = {
    "open-webui==0.12.4": {
        "versions": "open_webui/migrations/versions",
        "packages": [
            "alembic==1.18.4", "sqlalchemy[asyncio]==2.0.50", "aiosqlite", "markdown",
            "beautifulsoup4", "cryptography", "python-dotenv", "typer", "uvicorn", "aiohttp",
            "orjson", "python-socketio==5.16.2", "pydantic==2.13.4", DRIVER,
        ],
        "products": ["sqlite", "postgresql"],
        "environment": {"WEBUI_SECRET_KEY": "corpus", "DATA_DIR": "{home}/data"},
        "probe": "open_webui.internal.db",
        "project": {
            "root": "open_webui", "parts": ["alembic.ini", "migrations"],
            "packages": ["bcrypt", "pillow", "python-mimeparse", "psycopg[binary]"],
            "urlVariable": "DATABASE_URL",
        },
    },
    "langflow-base==1.13.0": {
        "versions": "langflow/alembic/versions",
        "packages": [
            "alembic>=1.13,<1.19", "sqlalchemy>=2.0.38,<3", "aiosqlite", "sqlmodel>=0.0.46,<0.1",
            "lfx==1.13.0", "langchain-core", "orjson", "fastapi", DRIVER,
        ],
        "products": ["sqlite", "postgresql"],
        "environment": {"LANGFLOW_CONFIG_DIR": "{home}/data"},
        "probe": "langflow.utils.migration",
        "project": {
            "root": "langflow", "parts": ["alembic.ini", "alembic"],
            "packages": ["psycopg[binary]"],
            # The service imports the whole application, and a name that lfx 1.13.0 has not.
            "replaced": [[
                "alembic/env.py", "from langflow.services.database.service import SQLModel",
                "from sqlmodel import SQLModel"]],
            "drivers": {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"},
        },
        # Random or taken from the clock by the migrations themselves.
        "varyingColumns": [
            "authz_role.id", "authz_role.created_at", "authz_role.updated_at",
            "policy_bundle_active.updated_at", "policy_bundle_revision.created_at",
        ],
    },
    "apache-airflow==2.10.5": {
        "versions": "airflow/migrations/versions",
        "packages": None,
        "environment": {
            "AIRFLOW_HOME": "{home}/data",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "sqlite:///{home}/data/airflow.db",
        },
        "probe": "airflow.migrations.db_types",
        # Its migrations want it: without env.py they find no settings.
        "needsProject": True,
        "project": {
            "root": "airflow", "parts": ["alembic.ini", "migrations"],
            "urlVariable": "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
        },
        "namingConvention": {
            "ix": "idx_%(column_0_N_label)s",
            "uq": "%(table_name)s_%(column_0_N_name)s_uq",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        },
    },
    "ckan==2.12.0": {
        "versions": "ckan/migration/versions",
        "packages": ["alembic==1.18.4", "sqlalchemy==2.0.50", DRIVER],
        "products": ["postgresql"],
        "environment": {},
        # The package puts its own folder first on the path, and `types` in it hides Python's.
        "preload": "typing",
        "probe": "ckan.migration",
        "project": {
            "root": "ckan/migration", "parts": ["."],
            "packages": ["ckan[requirements]==2.12.0"],
        },
    },
    "tacker==16.0.0": {
        "versions": "tacker/db/migration/alembic_migrations/versions",
        "packages": ["alembic==1.18.4", "sqlalchemy==2.0.50", "oslo.serialization", DRIVER],
        "products": ["postgresql"],
        "environment": {},
        # Its env.py imports the models, and with them what a migration takes for granted.
        "preload": "sqlalchemy.orm",
        "probe": "tacker.db.types",
        "project": {
            "root": "tacker/db/migration", "parts": ["alembic.ini", "alembic_migrations"],
            "packages": ["oslo.db", "oslo.utils"],
            # Only tacker's own command has it on the configuration; under `alembic` env.py does not run.
            "replaced": [
                ["alembic_migrations/env.py", "tacker_config = config.tacker_config",
                 "tacker_config = None"],
                ["alembic_migrations/env.py", "        tacker_config.database.connection,\n",
                 "        config.get_main_option('sqlalchemy.url'),\n"],
            ],
        },
    },
    "zou==1.0.97": dict(ZOU, versions="zou/migrations/versions"),
    # The history that the one above has squashed: both end at a1b2c3d4e5f6.
    "zou-legacy==1.0.97": dict(ZOU, versions="zou/migrations/versions/legacy"),
    "procrastinate==3.10.0": {"sql": "procrastinate/sql/migrations", "products": ["postgresql"]},
    "matrix-synapse==1.163.2": {
        "synapse": "synapse/storage/schema", "products": ["postgresql"],
        "varyingColumns": ["scheduled_tasks.timestamp"],
    },
}
