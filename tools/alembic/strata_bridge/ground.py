"""What is there before a folder is opened, and stays for the next one."""
from .packages import import_packages
from .protocol import RequestError
from .walls import audit, drivers
from .walls.policy import ALL, Walls


class Ground:
    """What the folders of one program stand on: the walls that are up before anything of the
    environment is imported, and its Alembic and SQLAlchemy. Nothing of a project is in it."""

    def __init__(self, request):
        self.asked_for = self._walls(request)
        self.walls = Walls(*self.asked_for)
        self.session = None
        # Packages may have plugins.
        audit.install(self.walls)
        drivers.install(self.walls, lambda: self.session and self.session.database)
        self.packages = None

    @staticmethod
    def _walls(request):
        return request.get("allow") or [], request.get("walls") or ALL

    def prepare(self, request):
        """Before a folder is opened.
        Raises RequestError where a package is missing, or for other walls than those that are up."""
        if self._walls(request) != self.asked_for:
            raise RequestError("bad-request", "a folder that is opened later has the first one's walls")
        if self.packages is None:
            self.packages = import_packages()
