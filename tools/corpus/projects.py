"""A project as its package has it: the versions with their env.py, what lies beside it, and its ini.

`corpus` is what `fetch --env` prints. Without a `project` in it a history is its versions folder alone.
"""
import json
import os
import shutil


def lay(corpus, folder):
    """Copies the project into `folder`. Returns the folder that is named to Strata and to the peer."""
    project = corpus.get("project")
    if not project:
        versions = os.path.join(folder, "versions")
        os.makedirs(versions)
        for entry in os.scandir(corpus["versions"]):
            if entry.is_file():
                shutil.copy(entry.path, versions)
        return versions
    os.makedirs(folder)
    for part in project["parts"]:
        source, target = os.path.join(project["root"], part), os.path.join(folder, part)
        if os.path.isdir(source):
            shutil.copytree(source, target, ignore=left_out, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
    for name, old, new in project.get("replaced", []):
        replace(os.path.join(folder, name), old, new)
    return folder


def left_out(_, names):
    return [name for name in names if name == "__pycache__"]


def replace(path, old, new):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.count(old) != 1:
        raise RuntimeError(f"{path}: expected once, found {text.count(old)} times: {old}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def naming(corpus):
    convention = corpus.get("namingConvention")
    return ["--naming-convention", json.dumps(convention)] if convention else []


def import_options(corpus):
    """How Strata imports a laid folder; env.py says by itself how constraints are named."""
    return ["--python", corpus["python"], "--path", corpus["path"],
            *([] if corpus.get("project") else naming(corpus))]


def upgrade_options(corpus, folder, url):
    """How upgrade.py brings a database forward with a laid folder; a project as its users do."""
    project = corpus.get("project")
    if not project:
        return ["--versions", folder, "--url", url, *naming(corpus)]
    product = url.split(":")[0]
    url = project.get("drivers", {}).get(product, product) + url[len(product):]
    words = ["--ini", os.path.join(folder, "alembic.ini"), "--url", url]
    if project.get("urlVariable"):
        words += ["--url-variable", project["urlVariable"]]
    return words
