"""Has each module looked at once it was executed, before anybody can take a name out of it."""
import inspect
import sys


def watch(meet):
    """Calls meet(name, module) for all modules that are there, and for each that will be."""
    for name, module in list(sys.modules.items()):
        meet(name, module)
    Finder.the_one().watchers.append(meet)


def watch_for(wanted, meet):
    """Calls meet(module) for the module of one name, if it is ever imported."""
    def meet_it(name, module):
        if name == wanted:
            meet(module)

    watch(meet_it)


class Finder:
    """One for all walls: two would ask each other for ever."""

    found = None

    def __init__(self):
        self.watchers = []

    @classmethod
    def the_one(cls):
        if cls.found is None:
            cls.found = cls()
            sys.meta_path.insert(0, cls.found)
        return cls.found

    def find_spec(self, name, path=None, target=None):
        for finder in sys.meta_path:
            if finder is self:
                continue
            find = getattr(finder, "find_spec", None)
            spec = find and find(name, path, target)
            if spec is not None:
                self._stand_at(spec.loader)
                return spec
        return None

    def _stand_at(self, loader):
        real = getattr(loader, "exec_module", None)
        if real is None or inspect.isclass(loader) or getattr(real, "strata_wall", False):
            return  # strata_wall: one loader of many modules

        def exec_module(module):
            real(module)
            for meet in self.watchers:
                meet(module.__name__, module)

        exec_module.strata_wall = True
        try:
            loader.exec_module = exec_module
        except AttributeError:
            pass
