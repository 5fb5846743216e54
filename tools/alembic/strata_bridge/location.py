"""Finds the folders of an Alembic project."""
import configparser
import importlib.util
import os
import re

from .protocol import RequestError

INI_LEVELS_MAX = 4


def read_ini(path):
    parser = configparser.ConfigParser({"here": os.path.dirname(path)})
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
        if not parser.has_section("alembic"):
            raise RequestError("bad-location", "%s has no section [alembic]" % path)
        wanted = ("script_location", "version_locations", "prepend_sys_path", "path_separator",
                  "version_path_separator", "recursive_version_locations")
        return {name: parser.get("alembic", name, fallback=None) for name in wanted}
    except (OSError, UnicodeDecodeError, configparser.Error) as problem:
        raise RequestError("bad-location", "cannot read %s: %s" % (path, problem))


def split_paths(text, separator):
    """A list of paths in an ini, by the separators that Alembic's releases have known."""
    known = {"os": os.pathsep, "space": " ", "newline": "\n", ":": ":", ";": ";"}
    if separator in known:
        parts = text.split(known[separator])
    else:
        parts = re.split(r", *|\s+|" + re.escape(os.pathsep), text)
    return [part.strip() for part in parts if part.strip()]


def resolved_folder(location, base):
    """An ini's path: relative to the ini, absolute, or `package:folder`."""
    if ":" in location and not os.path.isabs(location):
        package, _, folder = location.partition(":")
        inside = os.path.join(base, *(package.split(".") + folder.split("/")))
        if os.path.isdir(inside):
            return inside
        spec = importlib.util.find_spec(package)
        if spec and spec.submodule_search_locations:
            return os.path.join(list(spec.submodule_search_locations)[0], folder)
    return os.path.normpath(os.path.join(base, location))


def locate_by_ini(ini):
    settings, base = read_ini(ini), os.path.dirname(ini)
    if not settings["script_location"]:
        raise RequestError("bad-location", "%s names no script_location" % ini)
    script_location = resolved_folder(settings["script_location"], base)
    separator = settings["path_separator"] or settings["version_path_separator"]
    versions = split_paths(settings["version_locations"] or "", separator)
    prepended = split_paths(settings["prepend_sys_path"] or "", settings["path_separator"])
    return {
        "ini": ini,
        "scriptLocation": script_location,
        "versions": [resolved_folder(one, base) for one in versions]
        or [os.path.join(script_location, "versions")],
        "recursive": (settings["recursive_version_locations"] or "").lower() in ("true", "1", "yes", "on"),
        "prependSysPath": [resolved_folder(one, base) for one in prepended],
    }


def ini_that_names(script_location):
    """The alembic.ini in or above the folder whose script_location is that folder."""
    folder = script_location
    for _ in range(INI_LEVELS_MAX):
        candidate = os.path.join(folder, "alembic.ini")
        if os.path.isfile(candidate):
            try:
                located = locate_by_ini(candidate)
            except RequestError:
                located = None
            if located and os.path.realpath(located["scriptLocation"]) == os.path.realpath(script_location):
                return located
        folder = os.path.dirname(folder)
    return None


def is_script_location(folder):
    return any(os.path.isfile(os.path.join(folder, name)) for name in ("env.py", "script.py.mako"))


def location_of(path):
    path = os.path.abspath(path)
    if os.path.isfile(path):
        return locate_by_ini(path)
    if not os.path.isdir(path):
        raise RequestError("bad-location", "no such folder or ini: %s" % path)
    inner = os.path.join(path, "versions")
    if not os.path.isdir(inner) and os.path.isfile(os.path.join(path, "alembic.ini")):
        return locate_by_ini(os.path.join(path, "alembic.ini"))
    versions = inner if os.path.isdir(inner) else path
    script_location = os.path.dirname(versions)
    if not is_script_location(script_location):
        script_location = None
    located = ini_that_names(script_location) if script_location else None
    if located and versions in located["versions"]:
        return located
    return {
        "ini": located and located["ini"],
        "scriptLocation": script_location,
        "versions": [versions],
        "recursive": False,
        "prependSysPath": located["prependSysPath"] if located else [],
    }


def locate(channel, request):
    channel.send("located", **location_of(request["path"]))
