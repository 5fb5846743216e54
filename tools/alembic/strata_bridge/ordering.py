"""In which order Alembic runs what a merge needs, without importing a version file."""
from .failures import described
from .protocol import RequestError


def near(sources, merge):
    """The revisions that a merge needs, ascending: from the last one on to which all lines of them lead
    back, since what comes before that is the same as for itself; else all. And whether there is one."""
    open_ends, found, has_base = {merge}, [], False
    while open_ends:
        number = max(open_ends)
        is_last = number != merge and len(open_ends) == 1 and not has_base
        found.append(number)
        if is_last:
            return found[::-1], True
        open_ends.remove(number)
        open_ends.update(sources[number])
        has_base = has_base or not sources[number]
    return found[::-1], False


class Orders:
    """A graph as Alembic's own map has it. Revisions are numbers here: their places in it.

    Several dependencies of one revision come in the order of a set of their ids: as those are, and with
    the hashes that this interpreter has, they come here as in an `alembic upgrade` that it runs."""

    def __init__(self, alembic, graph):
        module = alembic.script.revision
        self.ids = [entry["id"] for entry in graph]
        self.numbers = {name: number for number, name in enumerate(self.ids)}
        self.sources = sources_of(graph)
        self.map = module.RevisionMap(lambda: [
            module.Revision(
                entry["id"], tuple(entry["parents"]) or None, dependencies=tuple(entry["dependsOn"]) or None)
            for entry in graph])
        self.known = {}
        # The ancestors of each with itself, one bit each: the graph has ancestors first.
        self.needs = []
        for number, sources in enumerate(self.sources):
            needs = 1 << number
            for source in sources:
                needs |= self.needs[source]
            self.needs.append(needs)

    def whole(self, number):
        """What `alembic upgrade` to this revision runs in an empty database, itself last, as
        ScriptDirectory._upgrade_revs has it."""
        if number not in self.known:
            found = self.map.iterate_revisions(self.ids[number], (), implicit_base=True)
            self.known[number] = [self.numbers[one.revision] for one in reversed(list(found))]
        return self.known[number]

    def beginning(self, merge):
        """The last revision of the order at which all that ran is what an upgrade to it runs, in the same
        order, and then what is left before the merge."""
        order = self.whole(merge)[:-1]
        ran, prefixes = 0, []
        for number in order:
            ran |= 1 << number
            prefixes.append(ran)
        for place in range(len(order) - 1, -1, -1):
            if self.needs[order[place]] == prefixes[place] and self.begins(order, place):
                return order[place:]
        raise RequestError("bad-graph", "nothing comes before %s" % self.ids[merge])

    def begins(self, order, place):
        """Whether the order up to a place is that of an upgrade to the revision there."""
        while len(set(self.sources[order[place]])) == 1:
            # After one revision alone: as there, and then itself.
            if self.sources[order[place]][0] != order[place - 1]:
                return False
            place -= 1
        return self.whole(order[place]) == order[:place + 1]


def sources_of(graph):
    numbers = {entry["id"]: number for number, entry in enumerate(graph)}
    return [[numbers[name] for name in entry["parents"] + entry["dependsOn"]] for entry in graph]


def beginning(alembic, graph, sources, merge):
    """Alembic takes long to order many revisions, so that it gets no more of them than are needed."""
    numbers, has_root = near(sources, merge)
    part = [graph[number] for number in numbers]
    if has_root:
        part[0] = {"id": part[0]["id"], "parents": [], "dependsOn": []}
    return [numbers[place] for place in Orders(alembic, part).beginning(len(part) - 1)]


def tell_orders(channel, alembic, request):
    graph, merges = request["graph"], request["merges"]
    try:
        sources = sources_of(graph)
        found = [beginning(alembic, graph, sources, merge) for merge in merges]
    except RequestError:
        raise
    except Exception as problem:
        raise RequestError("bad-graph", described(problem))
    channel.send("ordered", orders=found)
