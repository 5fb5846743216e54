"""Which database a connection means, however it is written."""
import collections
import os
import socket
import urllib.parse

# product: the dialect's name; place: `host:port`, or nothing for a file; database: its name, or the
# file's real path, or None for one that is in memory.
Target = collections.namedtuple("Target", "product place database")

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433, "oracle": 1521}

# What says where a connection leads; everything else of a project's own settings is kept.
TARGET_SETTINGS = frozenset(
    "host hostaddr port user password passwd passfile database dbname service dsn conninfo ssl sslmode "
    "sslcert sslkey sslrootcert sslcrl sslpassword requiressl channel_binding gssencmode krbsrvname "
    "target_session_attrs unix_sock connection_factory async_creator_fn".split())


def described(target):
    if target.product == "sqlite":
        return "the SQLite file %s" % target.database if target.database else "a SQLite database in memory"
    database = " %s" % target.database if target.database else ""
    return "the %s database%s at %s" % (target.product, database, target.place or "an unknown place")


def place(host, port, product):
    """`host:port` such that one place has one spelling."""
    host = str(host or "localhost").strip("[]").lower() if not str(host or "").startswith("/") else host
    if str(host).startswith("/"):
        host = os.path.realpath(host)
    elif host in LOCAL_HOSTS:
        host = "localhost"
    return "%s:%s" % (host, port or PORTS.get(product, ""))


def sqlite_target(database, is_uri=False):
    """The file that sqlite3.connect would open."""
    if isinstance(database, int):  # audit events of old interpreters
        return Target("sqlite", "", None)
    name = os.fsdecode(database) if database is not None else ""
    if is_uri and name.startswith("file:"):
        parts = urllib.parse.urlsplit(name)
        options = urllib.parse.parse_qs(parts.query)
        # An empty path behind file:///? has no name either.
        name = urllib.parse.unquote(name[len("file:"):].split("?")[0].split("#")[0])
        if name.startswith("//"):
            name = "/" + name[2:].partition("/")[2]
        if options.get("mode") == ["memory"] or options.get("vfs") == ["memdb"]:
            name = ":memory:"
        elif name == "/":
            name = ""
    if name in ("", ":memory:"):
        return Target("sqlite", "", None)
    return Target("sqlite", "", os.path.realpath(name))


def postgresql_targets(settings):
    """The databases that these settings of libpq's may lead to, one for each host that is listed.

    What they leave out libpq takes from the environment; what a service file would add is not read."""
    settings = {key: value for key, value in settings.items() if value is not None}

    def one(name, variable, default):
        return str(settings.get(name) or os.environ.get(variable) or default)

    hosts = str(settings.get("hostaddr") or one("host", "PGHOST", "/var/run/postgresql")).split(",")
    ports = one("port", "PGPORT", "5432").split(",")
    user = one("user", "PGUSER", os.environ.get("USER", ""))
    name = settings.get("dbname") or settings.get("database") or os.environ.get("PGDATABASE") or user
    if settings.get("service") or os.environ.get("PGSERVICE"):
        return [Target("postgresql", "the service %s" % (
            settings.get("service") or os.environ.get("PGSERVICE")), name)]
    ports = ports * len(hosts) if len(ports) == 1 else ports
    return [Target("postgresql", place(host, port, "postgresql"), str(name))
            for host, port in zip(hosts, ports)]


def url_target(url):
    """The database of one of SQLAlchemy's URLs; None where it names none."""
    product = url.get_backend_name()
    if product == "postgres":
        product = "postgresql"
    if product == "sqlite":
        return sqlite_target(url.database, is_uri="uri" in url.query)
    if product == "postgresql":
        settings = {key: value if isinstance(value, str) else ",".join(value)
                    for key, value in url.query.items() if key in ("host", "port", "hostaddr", "service", "dbname")}
        if ":" in settings.get("host", "") and not settings["host"].startswith("/"):
            # SQLAlchemy's own form of several hosts: host=A:1,B:2 or one after the other
            settings["host"] = settings["host"].split(",")[0].partition(":")[0]
        settings.update({key: value for key, value in (
            ("host", url.host), ("port", url.port), ("user", url.username), ("dbname", url.database)) if value})
        return postgresql_targets(settings)[0]
    return Target(product, place(url.host, url.port, product), url.database)


def is_same_place(address, host, port):
    """Whether a socket's address is where a name and a port lead."""
    if not isinstance(address, tuple) or len(address) < 2 or str(address[1]) != str(port):
        return False
    if address[0] == host or (address[0] in LOCAL_HOSTS and host in LOCAL_HOSTS):
        return True
    try:
        return address[0] in {found[4][0] for found in socket.getaddrinfo(host, port)}
    except OSError:
        return False
